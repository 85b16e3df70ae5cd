// 链接: a shared article, as it arrives from another chat.

import { sendLink } from "./actions.js";
import { el } from "./dom.js";
import { closeSheet, openSheet } from "./sheets.js";

const EXAMPLE = {
  title: "居民办事指南",
  description: "医保、社保、居住证一次说清",
  url: `${location.origin}/`,
};

export function openLinkSheet() {
  const fields = {
    title: field("标题", EXAMPLE.title, { maxlength: "120", required: true }),
    description: field("简介", EXAMPLE.description, { maxlength: "240" }),
    url: field("网址", EXAMPLE.url, { type: "url", required: true }),
  };
  const submit = (event) => {
    event.preventDefault();
    closeSheet();
    sendLink(
      Object.fromEntries(Object.entries(fields).map(([name, { input }]) => [name, input.value.trim()])),
    );
  };
  openSheet({
    title: "发链接",
    testid: "sheet-link",
    content: [
      el(
        "form",
        { class: "stacked-form", onsubmit: submit },
        Object.values(fields).map(({ row }) => row),
        el(
          "button",
          { type: "submit", class: "button button-primary button-wide", testid: "link-send" },
          "发送",
        ),
      ),
    ],
  });
}

function field(label, value, props) {
  const input = el("input", { class: "field", type: "text", value, ...props });
  return { input, row: el("label", { class: "labelled" }, el("span", {}, label), input) };
}
