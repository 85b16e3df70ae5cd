// Template and subscription messages: a title, rows of label and value, and where a tap leads.

import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { currentAccount } from "./state.js";
import { taps } from "./taps.js";

export const templateCard = (message) => noticeCard(message, "card-template");
export const subscribeCard = (message) => noticeCard(message, "card-subscribe");

function noticeCard(message, testid) {
  return el(
    "div",
    { class: "card notice-card", testid },
    message.service_notice && serviceMark(),
    el("strong", { class: "notice-title" }, message.title || "通知"),
    rows(message.rows ?? []),
    foot(message),
  );
}

// People who do not follow find it under 服务通知, not in the account's own conversation.
function serviceMark() {
  return el(
    "small",
    { class: "notice-mark", testid: "service-notice" },
    el("span", { class: "notice-chip" }, "服务通知"),
    currentAccount()?.name ?? "",
  );
}

function rows(items) {
  if (items.length === 0) return null;
  return el(
    "dl",
    { class: "notice-rows" },
    items.map(({ label, value }) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
  );
}

function foot({ url, miniprogram, page }) {
  const own = page ? { appid: currentAccount()?.app_id, pagepath: page } : null;
  const mini = miniprogram ?? (isAddress(page) ? null : own);
  if (mini)
    return footButton("进入小程序查看", "notice-mini", () =>
      taps.mini({ title: mini.name, appid: mini.appid, pagepath: mini.pagepath }),
    );
  const address = url || page;
  return address ? footButton("查看详情", "notice-open", () => taps.open(address)) : null;
}

const isAddress = (text) => /^https?:\/\//i.test(text ?? "");

function footButton(label, testid, run) {
  return button("", run, { class: "notice-foot", testid }, label, icon("next", 16));
}
