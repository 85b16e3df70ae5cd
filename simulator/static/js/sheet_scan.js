// 扫一扫: codes made so far, any text, or a picture of a code where the browser can read one.

import { scan } from "./actions.js";
import { codePicture } from "./api.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheets.js";
import { findAccount, state } from "./state.js";
import { toast } from "./toasts.js";

const NEWEST_SHOWN = 40;
const LINKS = { urllink: "URL Link", scheme: "URL Scheme" };

/** `use` takes the scanned text; without one the phone acts on it by itself. */
export function openScanSheet(use = scan) {
  const choose = (text) => {
    closeSheet();
    return use(text);
  };
  const canRead = "BarcodeDetector" in window;
  openSheet({
    title: "扫一扫",
    testid: "sheet-scan",
    content: [textForm(choose), canRead && pictureButton(choose), ...miniList(choose), ...codeList(choose)],
  });
}

function textForm(choose) {
  const text = el("input", {
    class: "field",
    type: "text",
    placeholder: "粘贴或输入码里的内容",
    "aria-label": "码里的内容",
    testid: "scan-text",
  });
  const submit = (event) => {
    event.preventDefault();
    const content = text.value.trim();
    return content ? choose(content) : text.focus();
  };
  return el(
    "form",
    { class: "field-row", onsubmit: submit },
    text,
    el("button", { type: "submit", class: "button", testid: "scan-send" }, "扫"),
  );
}

function miniList(choose) {
  const codes = state.miniCodes
    .map((code, index) => [code, index])
    .slice(-NEWEST_SHOWN)
    .reverse();
  if (codes.length === 0) return [];
  return [
    el("p", { class: "sheet-note" }, "生成过的小程序码和链接，新的在前："),
    el(
      "ul",
      { class: "option-list", "aria-label": "小程序码和链接" },
      codes.map(([code, index]) => el("li", {}, miniButton(code, index, choose))),
    ),
  ];
}

function miniButton(code, index, choose) {
  const where = [code.page || "首页", code.query, code.scene].filter(Boolean).join(" · ");
  return button(
    "",
    () => choose(code.url),
    { class: "option", testid: `mini-code-${index}` },
    el("span", { class: "option-mark" }, icon(code.kind in LINKS ? "link" : "mini", 24)),
    el(
      "span",
      { class: "option-text" },
      where,
      el("small", {}, `${findAccount(code.app_id)?.name ?? code.app_id} · ${LINKS[code.kind] ?? "小程序码"}`),
    ),
  );
}

function codeList(choose) {
  const codes = state.codes
    .map((code, index) => [code, index])
    .slice(-NEWEST_SHOWN)
    .reverse();
  if (codes.length === 0)
    return [
      el(
        "p",
        { class: "option-empty" },
        "还没有生成过带参数的二维码。业务端调用 qrcode/create 以后，会列在这里。",
      ),
    ];
  return [
    el("p", { class: "sheet-note" }, "生成过的带参数二维码，新的在前："),
    el(
      "ul",
      { class: "option-list", "aria-label": "二维码" },
      codes.map(([code, index]) => el("li", {}, codeButton(code, index, choose))),
    ),
  ];
}

function codeButton(code, index, choose) {
  return button(
    "",
    () => choose(code.url ?? code.ticket),
    { class: "option", testid: `code-${index}` },
    el("img", {
      class: "option-code",
      src: codePicture(code.ticket),
      alt: "",
      loading: "lazy",
      width: "44",
      height: "44",
    }),
    el(
      "span",
      { class: "option-text" },
      String(code.scene),
      el("small", {}, `${findAccount(code.app_id)?.name ?? code.app_id} · ${lifetime(code.kind)}`),
    ),
  );
}

function lifetime(kind) {
  return String(kind).includes("LIMIT") ? "永久码" : "临时码";
}

function pictureButton(choose) {
  const input = el("input", {
    class: "visually-hidden",
    type: "file",
    accept: "image/*",
    tabindex: "-1",
    "aria-hidden": "true",
    testid: "scan-file",
    onchange: () => read(input.files[0], choose),
  });
  return el(
    "div",
    {},
    input,
    button(
      "",
      () => input.click(),
      { class: "button button-wide" },
      icon("scan", 20),
      "从一张二维码图片里读",
    ),
  );
}

async function read(file, choose) {
  try {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file));
    if (found.length) return choose(found[0].rawValue);
    return toast("这张图片里没有找到二维码。", "error");
  } catch {
    return toast("这张图片读不了，请换一张，或直接粘贴内容。", "error");
  }
}
