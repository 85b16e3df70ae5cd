// What happens when something on the phone leads elsewhere: a web page, another mini-program, a picture, a plain text.

import { onDismiss } from "./dismiss.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheets.js";
import { findAccount, select, state } from "./state.js";
import { toast } from "./toasts.js";
import { safeAddress } from "./richtext.js";

/** Asks before leaving the chat, since the address was written by someone else. Texts that are no address are shown. */
export function openAddress(text) {
  const address = safeAddress(text);
  openSheet({
    title: address ? "打开网页" : "扫到的文字",
    testid: "sheet-open",
    content: [
      el("p", { class: "sheet-text sheet-address", testid: "open-address" }, text),
      el(
        "div",
        { class: "sheet-actions" },
        button("复制", () => copy(text), { class: "button" }),
        address && openLink(address),
      ),
    ],
  });
}

export function openMiniProgram({ title, appid, pagepath }) {
  const account = findAccount(appid);
  openSheet({
    title: "打开小程序",
    testid: "sheet-miniprogram",
    content: [
      el(
        "p",
        { class: "sheet-lead" },
        icon("mini", 30),
        el("strong", {}, account?.name ?? title ?? "小程序"),
      ),
      el("p", { class: "sheet-text sheet-address" }, pagepath || "首页"),
      el(
        "p",
        { class: "sheet-note" },
        account
          ? "这里没有小程序的界面，但可以打开它的客服对话。"
          : `没有登记这个小程序（${appid || "未写 appid"}）。`,
      ),
      account &&
        el(
          "div",
          { class: "sheet-actions" },
          button(
            "打开客服对话",
            () => {
              closeSheet();
              select(state.personId, appid);
            },
            { class: "button button-primary", autofocus: true },
          ),
        ),
    ],
  });
}

/** Shows a picture over the whole page. The native dialog brings Esc and the focus. */
export function openPicture(url, label) {
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": label, testid: "lightbox" },
    button(
      "",
      () => dialog.close(),
      { class: "lightbox-close", "aria-label": "关闭大图", autofocus: true },
      el("img", { src: url, alt: label }),
    ),
  );
  const release = onDismiss(() => dialog.close());
  dialog.addEventListener("close", () => {
    release();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("已复制");
  } catch {
    toast("浏览器不让复制，请手动选择文字。", "error");
  }
}

function openLink(address) {
  return el(
    "a",
    {
      class: "button button-primary",
      href: address,
      target: "_blank",
      rel: "noopener noreferrer",
      autofocus: true,
      onclick: () => setTimeout(closeSheet),
    },
    "在新窗口打开",
    icon("open", 18),
  );
}
