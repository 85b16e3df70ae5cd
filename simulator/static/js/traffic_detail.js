// One push or call in full: decrypted, as it went over the line, and what was answered.

import { onDismiss } from "./dismiss.js";
import { button, el, fill } from "./dom.js";
import { milliseconds, secondTime } from "./format.js";
import { icon } from "./icons.js";
import { copy } from "./copy.js";
import { pretty, prettyNodes } from "./pretty.js";

const TABS = [
  ["plain", "明文"],
  ["raw", "原文"],
  ["answer", "回答"],
];
const OUTCOMES = { ok: "成功", error: "出错", timeout: "超时" };

/** Answers {node, show(entry or null)}; `onclose` runs when the reader closes it. */
export function trafficDetail(onclose) {
  const node = el("section", {
    class: "traffic-detail",
    testid: "traffic-detail",
    "aria-label": "通信详情",
    hidden: true,
  });
  let tab = "plain";
  let release = null;

  function show(entry) {
    release?.();
    release = entry ? onDismiss(onclose) : null;
    node.hidden = !entry;
    if (entry) draw(entry);
  }

  function draw(entry) {
    const pick = (name) => {
      tab = name;
      draw(entry);
      node.querySelector(`[data-testid="detail-tab-${name}"]`).focus();
    };
    fill(node, head(entry, onclose), tabs(tab, pick), ...bodyOf(entry, tab));
  }

  return { node, show };
}

function head({ title, at, ms, status, outcome, attempt, note, rid }, onclose) {
  const facts = [
    OUTCOMES[outcome] ?? outcome,
    status,
    milliseconds(ms),
    attempt > 1 && `第 ${attempt} 次`,
    secondTime(Date.parse(at)),
  ]
    .filter(Boolean)
    .join(" · ");
  return el(
    "div",
    { class: "detail-head" },
    el(
      "div",
      { class: "detail-words" },
      el("h3", {}, title),
      el("small", {}, facts),
      note && el("p", { class: outcome === "ok" ? "detail-note" : "detail-note failed" }, note),
      rid && el("p", { class: "detail-note", testid: "detail-rid" }, `rid ${rid}`),
    ),
    button(
      "",
      onclose,
      { class: "icon-button", "aria-label": "关闭详情", testid: "detail-close" },
      icon("close", 19),
    ),
  );
}

function tabs(chosen, pick) {
  return el(
    "div",
    { class: "segments detail-tabs", role: "group", "aria-label": "看哪一部分" },
    TABS.map(([name, label]) =>
      button(label, () => pick(name), {
        class: "segment",
        "aria-pressed": String(name === chosen),
        testid: `detail-tab-${name}`,
      }),
    ),
  );
}

function bodyOf({ request, response }, tab) {
  const line = `${request?.method ?? ""} ${request?.url ?? ""}`.trim();
  if (tab === "plain") return [block(line, request?.plain || request?.raw)];
  if (tab === "raw") return [block(`${line}\n${headerLines(request?.headers)}`.trim(), request?.raw)];
  const encrypted = response?.plain && response.plain !== response.raw;
  return [
    block(encrypted ? "解密以后" : "", response?.plain || response?.raw),
    encrypted && block("原文", response.raw),
  ].filter(Boolean);
}

function headerLines(headers = {}) {
  return Object.entries(headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function block(line, content) {
  const text = pretty(content ?? "");
  return el(
    "div",
    { class: "code-block" },
    line && el("p", { class: "code-line" }, line),
    el(
      "pre",
      { class: "code", tabindex: "0" },
      text ? prettyNodes(text) : el("span", { class: "code-empty" }, "（空）"),
    ),
    text &&
      button(
        "",
        () => copy(text),
        { class: "icon-button code-copy", "aria-label": "复制", title: "复制", testid: "detail-copy" },
        icon("copy", 17),
      ),
  );
}
