// A mini-program's screen on the phone: what was opened, and what its page may ask the person for.

import { act } from "./actions.js";
import { api } from "./api.js";
import { onDismiss } from "./dismiss.js";
import { button, byId, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { copy } from "./copy.js";
import { openSubscribeSheet } from "./sheet_subscribe.js";
import { findAccount, on, select, state } from "./state.js";
import { attempt, toast } from "./toasts.js";

const VERSIONS = { release: "正式版", trial: "体验版", develop: "开发版" };

let closeCurrent = null;

on("selection", () => closeCurrent?.());

/** Opens the person's mini-program at a page; `scene` and `query` come from a code or a link. */
export async function openMiniScreen({ appId, page = "", query = "", scene = "", version = "release" }) {
  const account = findAccount(appId);
  if (!account) return toast(`没有登记这个小程序（${appId || "未写 appid"}）。`, "error");
  if (appId !== state.appId) select(state.personId, appId);
  closeCurrent?.();
  draw(account, { page, query, scene, version });
  return act("visit");
}

function draw(account, opened) {
  const opener = document.activeElement;
  const result = el("div", { class: "mini-result", "aria-live": "polite" });
  const layer = el(
    "section",
    { class: "mini-screen", testid: "mini-screen", "aria-label": `小程序 ${account.name}` },
    head(account),
    el(
      "div",
      { class: "mini-body" },
      el("p", { class: "mini-lead" }, "小程序已打开"),
      facts(opened),
      el("div", { class: "mini-actions" }, actions(account, result)),
      result,
    ),
  );
  const release = onDismiss(() => closeCurrent?.());
  closeCurrent = () => {
    closeCurrent = null;
    release();
    layer.remove();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  };
  byId("screen").insertBefore(layer, byId("sheet-layer"));
  layer.querySelector(".mini-actions button").focus({ preventScroll: true });
}

function head(account) {
  return el(
    "div",
    { class: "mini-head" },
    button(
      "",
      () => closeCurrent?.(),
      { class: "icon-button", "aria-label": "返回", testid: "mini-back" },
      icon("back", 24),
    ),
    el("h2", { testid: "mini-name" }, account.name),
    el("span", { class: "mini-capsule", "aria-hidden": "true" }, icon("more", 18), icon("target", 18)),
  );
}

function facts({ page, query, scene, version }) {
  const lines = [
    ["页面", page || "首页"],
    ["参数", decoded(query)],
    ["场景", decoded(scene)],
    ["版本", VERSIONS[version] ?? version],
  ].filter(([, value]) => value);
  return el(
    "dl",
    { class: "mini-facts", testid: "mini-facts" },
    lines.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
  );
}

const decoded = (value) =>
  typeof value === "object" && value ? new URLSearchParams(value).toString() : String(value ?? "");

function actions(account, result) {
  const code = async (verb, label) => {
    const answer = await attempt(() => api.act(state.personId, account.app_id, verb));
    if (answer) showCode(result, label, answer.code);
  };
  return [
    button("登录", () => code("login", "wx.login 的 code"), {
      class: "button button-primary",
      testid: "mini-login",
    }),
    button("手机号快速验证", () => code("phone-number", "手机号的 code"), {
      class: "button",
      testid: "mini-phone",
    }),
    button("订阅消息", openSubscribeSheet, { class: "button", testid: "mini-subscribe" }),
    button("客服会话", () => openService(), { class: "button", testid: "mini-service" }),
    button("返回", () => closeCurrent?.(), { class: "button", testid: "mini-close" }),
  ];
}

function openService() {
  closeCurrent?.();
  return act("enter");
}

function showCode(result, label, code) {
  fill(
    result,
    el("p", { class: "sheet-note" }, `${label}，五分钟内有效，只能用一次：`),
    el(
      "div",
      { class: "code-row" },
      el("code", { testid: "mini-code" }, code),
      button(
        "",
        () => copy(code),
        { class: "icon-button", "aria-label": "复制", testid: "mini-copy" },
        icon("copy", 18),
      ),
    ),
  );
}
