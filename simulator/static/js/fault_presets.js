// The platform's common misbehaviours, as the simulator's /simulator/faults takes them. `rate` comes from RATES.

const SEND = "/cgi-bin/message/custom/send";
export const PRESETS = [
  {
    name: "busy",
    label: "系统繁忙",
    hint: "所有接口回答 errcode -1",
    fault: { path: "*", fault: "errcode", errcode: -1 },
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
    name: "http502",
    label: "网关故障",
    hint: "所有接口回答 HTTP 502",
    fault: { path: "*", fault: "http502" },
  },
  {
    name: "slow",
    label: "回答很慢",
    hint: "所有接口晚 3 秒回答",
    fault: { path: "*", fault: "slow", seconds: 3 },
  },
  {
    name: "answer_lost",
    label: "收下了，但回答丢失",
    hint: "消息已送到，调用方却以为失败",
    fault: { path: SEND, fault: "answer_lost" },
  },
  {
    name: "token_invalidated",
    label: "令牌被别处作废",
    hint: "所有接口回答 40001",
    fault: { path: "*", fault: "token_invalidated" },
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
];
export const RATES = [
  ["每一次", 1],
  ["一半", 0.5],
  ["十分之一", 0.1],
];
