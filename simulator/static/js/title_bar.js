// The title of a sheet or a drawer, with the × that closes it.

import { button, el } from "./dom.js";
import { icon } from "./icons.js";

export function titleBar(title, close, testid) {
  return el(
    "div",
    { class: "sheet-head" },
    el("h2", {}, title),
    button("", close, { class: "icon-button", "aria-label": "关闭", testid }, icon("close", 20)),
  );
}
