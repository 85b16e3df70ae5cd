// The panel that rises over the phone's chat: one at a time, closed by ×, a press on the shade, or Esc.

import { onDismiss } from "./dismiss.js";
import { button, byId, el, fill } from "./dom.js";
import { on } from "./state.js";
import { titleBar } from "./title_bar.js";

let closeCurrent = null;

/** Opens a sheet and answers its close function. `content` is a list of nodes. */
export function openSheet({ title, content, testid, onclose }) {
  closeSheet();
  const layer = byId("sheet-layer");
  const opener = document.activeElement;
  const release = onDismiss(closeSheet);
  const sheet = el(
    "div",
    { class: "sheet", role: "dialog", "aria-label": title, "aria-modal": "true", testid },
    titleBar(title, closeSheet, "sheet-close"),
    el("div", { class: "sheet-body" }, content),
  );
  fill(layer, button("", closeSheet, { class: "sheet-shade", "aria-label": "关闭", tabindex: "-1" }), sheet);
  layer.hidden = false;
  keepFocusIn(sheet);
  closeCurrent = () => {
    release();
    layer.hidden = true;
    layer.replaceChildren();
    onclose?.();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  };
  firstControl(sheet)?.focus({ preventScroll: true });
  return closeSheet;
}

export function closeSheet() {
  const close = closeCurrent;
  closeCurrent = null;
  close?.();
}

export function closeSheetsOnSelection() {
  on("selection", closeSheet);
}

/** A sheet of plain choices, like the phone's own action list. Each choice: {label, tone, testid, run}. */
export function openChoices(title, choices) {
  const rows = choices.map(({ label, hint, tone = "plain", testid, run }) =>
    button(
      "",
      () => {
        closeSheet();
        run();
      },
      { class: `choice choice-${tone}`, testid },
      label,
      hint && el("small", {}, hint),
    ),
  );
  return openSheet({ title, content: [el("div", { class: "choices" }, rows)], testid: "sheet-choices" });
}

function firstControl(sheet) {
  return (
    sheet.querySelector("[autofocus]") ??
    sheet.querySelector(".sheet-body button, .sheet-body input, .sheet-body select, .sheet-body textarea")
  );
}

function keepFocusIn(sheet) {
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const controls = [...sheet.querySelectorAll("button, input, select, textarea, summary, a[href]")].filter(
      (node) => !node.disabled && node.offsetParent,
    );
    const edge = event.shiftKey ? controls[0] : controls.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? controls.at(-1) : controls[0]).focus();
  });
}
