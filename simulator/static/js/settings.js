// The drawer "平台设置": where the platform's behaviour is open, or a test needs to be quick.

import { api } from "./api.js";
import { openDrawer } from "./drawer.js";
import { el } from "./dom.js";
import { attempt, toast } from "./toasts.js";

// Each: label, and the choices when there are only a few. What is not listed here is shown under its own name.
const KNOWN = {
  retries: ["推送没有回答时再推几次", [2, 3]],
  push_timeout: ["推送等几秒算没有回答"],
  result_seconds: ["发送结果几秒后推送（空着：永不）"],
  template_failures: ["模板消息失败的比例（0 到 1）"],
  template_repeat: ["重复的 client_msg_id 回答", ["same", "new"]],
  subscribe_failures: ["订阅消息失败的比例（0 到 1）"],
  subscribe_banned: ["订阅消息能力被封禁（43107）"],
  concurrent_sends_refused: ["同一人几秒内再发算并发（43108）"],
  silent_accept_counts: ["「总是允许」也增加次数"],
  silent_accept_pushes: ["「总是允许」也推送事件"],
  mass_status: ["群发的结果", ["send success", "send fail", "err(20001)"]],
  mass_confirmation: ["群发要管理员确认", ["off", "confirmed", "refused", "ignored"]],
  mass_repeat_seconds: ["几秒内重复的 clientmsgid 回答 45066"],
  media_verdict: ["图片和声音的审核结果", ["pass", "review", "risky", "never"]],
  media_verdict_seconds: ["审核结果几秒后推送"],
  publish_status: ["发布的结果", [0, 1, 2, 3, 4, 5, 6]],
  publish_refusal: ["提交发布被拒绝", [0, 53503, 53504, 53505]],
  publish_seconds: ["发布几秒后完成（空着：永不）"],
  tags_busy: ["标签正在被别处修改（45169）"],
  used_code_errcode: ["用过的登录 code 回答", [40163, 40029]],
};

export async function openSettings() {
  const drawer = openDrawer({ title: "平台设置", testid: "settings-drawer" });
  const answer = await attempt(api.settings);
  if (answer) draw(drawer, answer);
}

function draw(drawer, values) {
  const change = async (name, value) => {
    const answer = await attempt(() => api.setSettings({ [name]: value }));
    if (answer) toast("已保存");
    draw(drawer, answer ?? values);
  };
  const names = [...Object.keys(KNOWN).filter((name) => name in values), ...strange(values)];
  drawer.show(
    el("p", { class: "sheet-note" }, "文档没有写明的地方在这里选；改了马上生效。"),
    el(
      "div",
      { class: "settings" },
      names.map((name) => row(name, values[name], change)),
    ),
  );
}

const strange = (values) => Object.keys(values).filter((name) => !(name in KNOWN));

function row(name, value, change) {
  const [label = name, choices] = KNOWN[name] ?? [];
  return el(
    "label",
    { class: "setting" },
    el("span", { class: "option-text" }, label, el("small", { class: "mono" }, name)),
    control(name, value, choices, change),
  );
}

function control(name, value, choices, change) {
  const testid = `setting-${name}`;
  if (typeof value === "boolean") {
    const box = el("input", { type: "checkbox", class: "check", checked: value, testid });
    box.addEventListener("change", () => change(name, box.checked));
    return box;
  }
  if (choices) return choice(value, choices, testid, (chosen) => change(name, chosen));
  const text = typeof value === "string";
  const field = el("input", {
    class: "field",
    type: text ? "text" : "number",
    step: "any",
    value: value ?? "",
    testid,
  });
  field.addEventListener("change", () => change(name, text ? field.value : numberOf(field.value)));
  return field;
}

const numberOf = (text) => (text.trim() === "" ? null : Number(text));

function choice(value, choices, testid, choose) {
  const known = choices.includes(value) ? choices : [value, ...choices];
  const select = el(
    "select",
    { class: "field", testid },
    known.map((one) => el("option", { value: String(one), selected: one === value }, String(one))),
  );
  select.addEventListener("change", () => choose(known.find((one) => String(one) === select.value)));
  return select;
}
