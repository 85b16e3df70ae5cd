// The platform's common misbehaviours, as /simulator/faults takes them. `rate` comes from RATES.

const EVERY = "*";
const SEND = "/cgi-bin/message/custom/send";
const SENDS = [
  ["answer_lost", "客服消息", SEND],
  ["answer_lost-template", "模板消息", "/cgi-bin/message/template/send"],
  ["answer_lost-subscribe", "小程序订阅消息", "/cgi-bin/message/subscribe/send"],
  ["answer_lost-bizsend", "服务号订阅通知", "/cgi-bin/message/subscribe/bizsend"],
  ["answer_lost-sendall", "群发", "/cgi-bin/message/mass/sendall"],
  ["answer_lost-mass", "按名单群发", "/cgi-bin/message/mass/send"],
];

const lost = ([name, label, path]) => ({ name, label, hint: path, fault: { path, fault: "answer_lost" } });
const errcode = (name, label, hint, path, number) => ({
  name,
  label,
  hint,
  fault: { path, fault: "errcode", errcode: number },
});
// Bears the name of its fault.
const call = (fault, label, hint, path = EVERY, more = {}) => ({
  name: fault,
  label,
  hint,
  fault: { path, fault, ...more },
});
const push = (fault, label, hint, more = {}) => call(fault, label, hint, "push", more);

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
      errcode("busy", "系统繁忙", "所有接口回答 errcode -1", EVERY, -1),
      errcode("minute", "调用太快", "所有接口回答 45011，过一分钟再来", EVERY, 45011),
      errcode("quota", "次数用完", "发客服消息回答 45009", SEND, 45009),
      errcode("window", "回复时限已过", "发客服消息回答 45015", SEND, 45015),
      errcode("address", "地址不在白名单", "所有接口回答 40164", EVERY, 40164),
      call("token_invalidated", "令牌被别处作废", "所有接口回答 40001"),
      call("slow", "回答很慢", "所有接口晚 3 秒回答", EVERY, { seconds: 3 }),
      call("hang", "一直不回答", "没有办，连接挂着，直到撤掉故障"),
      call("hang_after", "办了，但一直不回答", "办完以后连接挂着，直到撤掉故障"),
      call("refused", "连接断开", "没有办，所有接口直接断开"),
      call("http502", "网关故障", "所有接口回答 HTTP 502"),
      call("html", "被上网认证拦住", "状态 200，却是一页网页"),
      call("truncated", "回答只有一半", "办了，JSON 断在中间"),
      call("no_errcode", "回答里没有 errcode", "发客服消息的回答少了这个字段", SEND),
      call("string_errcode", "errcode 是字符串", "所有接口把数字写成文字"),
    ],
  },
  {
    name: "pushes",
    title: "推送出错",
    presets: [
      push("duplicate", "推送两次", "同一时刻送到两份"),
      push("delay", "推送晚到", "晚 3 秒送到", { seconds: 3 }),
      push("reorder", "推送乱序", "排到下一条推送之后"),
      push("wrong_signature", "签名不对", "像是有人伪造"),
      push("wrong_appid", "appid 不对", "像是别的账号的推送"),
    ],
  },
];
export const PRESETS = GROUPS.flatMap(({ presets }) => presets);
export const RATES = [
  ["每一次", 1],
  ["一半", 0.5],
  ["十分之一", 0.1],
];
