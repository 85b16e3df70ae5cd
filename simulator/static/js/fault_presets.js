// The platform's common misbehaviours, as /simulator/faults takes them. `rate` comes from RATES.

const SEND = "/cgi-bin/message/custom/send";
const SENDS = [
  ["custom", "客服消息", SEND],
  ["template", "模板消息", "/cgi-bin/message/template/send"],
  ["subscribe", "小程序订阅消息", "/cgi-bin/message/subscribe/send"],
  ["bizsend", "服务号订阅通知", "/cgi-bin/message/subscribe/bizsend"],
  ["sendall", "群发", "/cgi-bin/message/mass/sendall"],
  ["mass", "按名单群发", "/cgi-bin/message/mass/send"],
];

const lost = ([name, label, path]) => ({
  name: name === "custom" ? "answer_lost" : `answer_lost-${name}`,
  label,
  hint: path,
  fault: { path, fault: "answer_lost" },
});

export const GROUPS = [
  {
    name: "lost",
    title: "受理了，但回答丢了",
    hint: "已经送到，调用方却以为失败：最能检验会不会重复发送",
    presets: SENDS.map(lost),
  },
  {
    name: "calls",
    title: "接口出错",
    presets: [
      {
        name: "busy",
        label: "系统繁忙",
        hint: "所有接口回答 errcode -1",
        fault: { path: "*", fault: "errcode", errcode: -1 },
      },
      {
        name: "minute",
        label: "调用太快",
        hint: "所有接口回答 45011，过一分钟再来",
        fault: { path: "*", fault: "errcode", errcode: 45011 },
      },
      {
        name: "quota",
        label: "次数用完",
        hint: "发客服消息回答 45009",
        fault: { path: SEND, fault: "errcode", errcode: 45009 },
      },
      {
        name: "window",
        label: "回复时限已过",
        hint: "发客服消息回答 45015",
        fault: { path: SEND, fault: "errcode", errcode: 45015 },
      },
      {
        name: "address",
        label: "地址不在白名单",
        hint: "所有接口回答 40164",
        fault: { path: "*", fault: "errcode", errcode: 40164 },
      },
      {
        name: "token_invalidated",
        label: "令牌被别处作废",
        hint: "所有接口回答 40001",
        fault: { path: "*", fault: "token_invalidated" },
      },
      {
        name: "slow",
        label: "回答很慢",
        hint: "所有接口晚 3 秒回答",
        fault: { path: "*", fault: "slow", seconds: 3 },
      },
      {
        name: "hang",
        label: "一直不回答",
        hint: "没有办，连接挂着，直到撤掉故障",
        fault: { path: "*", fault: "hang" },
      },
      {
        name: "hang_after",
        label: "办了，但一直不回答",
        hint: "办完以后连接挂着，直到撤掉故障",
        fault: { path: "*", fault: "hang_after" },
      },
      {
        name: "refused",
        label: "连接断开",
        hint: "没有办，所有接口直接断开",
        fault: { path: "*", fault: "refused" },
      },
      {
        name: "http502",
        label: "网关故障",
        hint: "所有接口回答 HTTP 502",
        fault: { path: "*", fault: "http502" },
      },
      {
        name: "html",
        label: "被上网认证拦住",
        hint: "状态 200，却是一页网页",
        fault: { path: "*", fault: "html" },
      },
      {
        name: "truncated",
        label: "回答只有一半",
        hint: "办了，JSON 断在中间",
        fault: { path: "*", fault: "truncated" },
      },
      {
        name: "no_errcode",
        label: "回答里没有 errcode",
        hint: "发客服消息的回答少了这个字段",
        fault: { path: SEND, fault: "no_errcode" },
      },
      {
        name: "string_errcode",
        label: "errcode 是字符串",
        hint: "所有接口把数字写成文字",
        fault: { path: "*", fault: "string_errcode" },
      },
    ],
  },
  {
    name: "pushes",
    title: "推送出错",
    presets: [
      {
        name: "duplicate",
        label: "推送两次",
        hint: "同一时刻送到两份",
        fault: { path: "push", fault: "duplicate" },
      },
      {
        name: "delay",
        label: "推送晚到",
        hint: "晚 3 秒送到",
        fault: { path: "push", fault: "delay", seconds: 3 },
      },
      {
        name: "reorder",
        label: "推送乱序",
        hint: "排到下一条推送之后",
        fault: { path: "push", fault: "reorder" },
      },
      {
        name: "wrong_signature",
        label: "签名不对",
        hint: "像是有人伪造",
        fault: { path: "push", fault: "wrong_signature" },
      },
      {
        name: "wrong_appid",
        label: "appid 不对",
        hint: "像是别的账号的推送",
        fault: { path: "push", fault: "wrong_appid" },
      },
    ],
  },
];
export const PRESETS = GROUPS.flatMap(({ presets }) => presets);
export const RATES = [
  ["每一次", 1],
  ["一半", 0.5],
  ["十分之一", 0.1],
];
