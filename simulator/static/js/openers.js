// What happens when something on the phone leads elsewhere: a web page, another mini-program, a picture, a plain text.

import { copy } from "./copy.js";
import { onDismiss } from "./dismiss.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { openMiniScreen } from "./miniapp.js";
import { closeSheet, openSheet } from "./sheets.js";
import { safeAddress } from "./richtext.js";
import { on } from "./state.js";

/** What a person did may lead elsewhere: the answer to it says where. */
export function startOpeners() {
  on("leads", ({ open, miniprogram, open_miniprogram: code }) => {
    if (open) openAddress(open);
    if (miniprogram) openMiniProgram(miniprogram);
    if (code) openCode(code);
  });
}

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

/** A card, a menu button or a link leads to a mini-program. */
export function openMiniProgram({ appid, pagepath }) {
  const [page, query] = String(pagepath ?? "").split("?", 2);
  return openMiniScreen({ appId: appid, page, query });
}

function openCode({ app_id: appId, page, query, scene, env_version: version }) {
  return openMiniScreen({ appId, page, query, scene, version });
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
