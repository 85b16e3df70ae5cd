// One push or call as one line.

import { button, el } from "./dom.js";
import { milliseconds, secondTime } from "./format.js";
import { icon } from "./icons.js";

const OUTCOMES = { ok: "", timeout: "超时", error: "出错" };

/** `choose` takes the entry when its line is pressed. */
export function trafficRow(entry, { fresh, chosen, choose }) {
  const { id, kind, account, title, ms, attempt: turn, outcome, at } = entry;
  const failed = outcome !== "ok";
  return el(
    "li",
    { class: fresh ? "traffic-item fresh" : "traffic-item" },
    button(
      "",
      () => choose(entry),
      {
        class: `traffic-row traffic-${kind}${failed ? " failed" : ""}`,
        testid: "traffic-entry",
        data: { id: String(id), kind, outcome },
        title: `${secondTime(Date.parse(at))} ${account}`,
        "aria-pressed": String(chosen),
      },
      el(
        "span",
        { class: "traffic-arrow", role: "img", "aria-label": kind === "push" ? "推送" : "调用" },
        icon(kind === "push" ? "out" : "in", 16),
      ),
      el(
        "span",
        { class: "traffic-label" },
        el("span", { class: "traffic-title" }, title),
        el("small", {}, `${secondTime(Date.parse(at))} · ${account}`),
      ),
      turn > 1 && el("span", { class: "badge", title: "同一条消息的再次推送" }, `第 ${turn} 次`),
      el(
        "span",
        { class: "traffic-result" },
        el("span", { class: "traffic-status" }, resultOf(entry)),
        el("small", {}, milliseconds(ms)),
      ),
    ),
  );
}

// A refused call is answered with HTTP 200: the errcode is what says why.
function resultOf({ kind, outcome, status, response }) {
  const errcode =
    kind === "call" &&
    outcome !== "ok" &&
    /"errcode"\s*:\s*"?(-?[1-9]\d*)/.exec(response?.plain || response?.raw || "");
  return errcode ? errcode[1] : (status ?? (OUTCOMES[outcome] || "—"));
}
