// Any fault at all: where, which, how often, with whom.

import { el } from "./dom.js";
import { state } from "./state.js";

const PUSH = "push";
const PATHS = [
  ["*", "所有接口"],
  [PUSH, "推送"],
  ["/cgi-bin/message/custom/send", "客服消息"],
  ["/cgi-bin/message/template/send", "模板消息"],
  ["/cgi-bin/message/subscribe/send", "小程序订阅消息"],
  ["/cgi-bin/message/subscribe/bizsend", "服务号订阅通知"],
  ["/cgi-bin/message/mass/sendall", "群发"],
  ["/cgi-bin/message/mass/send", "按名单群发"],
  ["/cgi-bin/stable_token", "稳定版令牌"],
  ["/cgi-bin/token", "令牌"],
  ["/sns/jscode2session", "小程序登录"],
];
const WITH_SECONDS = new Set(["slow", "delay"]);

/** `add` takes the fault as /simulator/faults does. */
export function faultForm(kinds, add) {
  const path = el("input", {
    class: "field",
    list: "fault-paths",
    value: "*",
    testid: "fault-path",
    required: true,
  });
  const kind = el("select", { class: "field", testid: "fault-kind" });
  const errcode = el("input", {
    class: "field",
    list: "fault-errcodes",
    value: "-1",
    testid: "fault-errcode",
  });
  const seconds = number("3", { min: "0", max: "120", step: "0.1", testid: "fault-seconds" });
  const times = number("", { min: "1", step: "1", placeholder: "一直", testid: "fault-times" });
  const rate = number("100", { min: "1", max: "100", step: "1", testid: "fault-rate" });
  const account = el(
    "select",
    { class: "field", testid: "fault-account" },
    el("option", { value: "" }, "所有账号"),
    state.accounts.map(({ app_id, name }) => el("option", { value: app_id }, name)),
  );
  const rows = {
    errcode: labelled("错误码", errcode),
    seconds: labelled("秒数", seconds),
  };
  const refresh = () => {
    fillKinds(kind, path.value === PUSH ? kinds.pushes : kinds.calls);
    rows.errcode.hidden = kind.value !== "errcode";
    rows.seconds.hidden = !WITH_SECONDS.has(kind.value);
  };
  path.addEventListener("input", refresh);
  kind.addEventListener("change", refresh);
  const submit = (event) => {
    event.preventDefault();
    add({
      path: path.value.trim(),
      fault: kind.value,
      errcode: Number.parseInt(errcode.value, 10) || -1,
      seconds: Number(seconds.value),
      times: times.value ? Number(times.value) : null,
      rate: Number(rate.value) / 100,
      app_id: account.value,
    });
  };
  refresh();
  return el(
    "details",
    { class: "fault-form" },
    el("summary", { testid: "fault-more" }, "设置任意一种故障"),
    el(
      "form",
      { class: "stacked-form", onsubmit: submit },
      labelled("在哪里（* 是所有接口，push 是推送）", path),
      labelled("出什么错", kind),
      rows.errcode,
      rows.seconds,
      el("div", { class: "field-row" }, labelled("次数", times), labelled("概率（%）", rate)),
      labelled("账号", account),
      el("button", { type: "submit", class: "button button-wide", testid: "fault-add" }, "设置"),
      options("fault-paths", PATHS),
      options(
        "fault-errcodes",
        kinds.errcodes.map(({ errcode: code, errmsg }) => [code, errmsg]),
      ),
    ),
  );
}

function fillKinds(select, kinds) {
  const wanted = kinds.map(({ fault }) => fault).join();
  if (select.dataset.kinds === wanted) return;
  select.dataset.kinds = wanted;
  select.replaceChildren(
    ...kinds.map(({ fault, title, about }) => el("option", { value: fault, title: about }, title)),
  );
}

const number = (value, props) => el("input", { class: "field", type: "number", value, ...props });
const labelled = (label, control) => el("label", { class: "labelled" }, el("span", {}, label), control);
const options = (id, pairs) =>
  el(
    "datalist",
    { id },
    pairs.map(([value, label]) => el("option", { value: String(value) }, label)),
  );
