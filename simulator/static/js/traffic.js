// The right column: every push and call, newest first. It shows the newest few hundred; the simulator keeps more.

import { api } from "./api.js";
import { button, byId, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { on } from "./state.js";
import { attempt } from "./toasts.js";
import { trafficDetail } from "./traffic_detail.js";
import { pathChoice } from "./traffic_paths.js";
import { trafficRow } from "./traffic_row.js";
import { toolBar } from "./tools.js";

const KEPT = 300;
// Under load the entries come faster than a screen can show: they are drawn in batches.
const DRAW_EVERY_MS = 150;
const FILTERS = [
  ["all", "全部"],
  ["push", "推送"],
  ["call", "调用"],
  ["error", "出错"],
];
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

const view = { entries: [], waiting: [], filter: "all", paused: false, chosen: null, timer: null };
const list = el("ol", { class: "traffic-list", "aria-label": "通信记录" });
const filters = el("div", { class: "segments", role: "group", "aria-label": "筛选" });
const pauseButton = button("", togglePause, { class: "icon-button", testid: "traffic-pause" });
const notice = button("", togglePause, { class: "traffic-notice", hidden: true });
const detail = trafficDetail(() => choose(null));
const paths = pathChoice(() => attempt(load));

export function startTraffic() {
  fill(
    byId("traffic"),
    el(
      "div",
      { class: "traffic-head" },
      el("h2", { class: "column-title" }, "通信"),
      filters,
      pauseButton,
      button(
        "",
        clear,
        { class: "icon-button", "aria-label": "清空通信记录", title: "清空", testid: "traffic-clear" },
        icon("trash", 19),
      ),
    ),
    paths.node,
    notice,
    list,
    detail.node,
    toolBar(),
  );
  on("traffic", arrive);
  on("connected reset", () => attempt(load));
  list.addEventListener("keydown", moveByArrow);
  drawHead();
  draw();
}

async function load() {
  const before = new Set(view.entries.map(({ id }) => id));
  const { items } = await api.traffic(paths.chosen());
  paths.learn(items);
  const loaded = new Set(items.map(({ id }) => id));
  const arrived = view.entries.filter(({ id }) => !before.has(id) && !loaded.has(id));
  view.entries = [...arrived, ...items].sort((a, b) => b.id - a.id).slice(0, KEPT);
  draw();
}

function arrive(entry) {
  view.waiting.push(entry);
  if (view.waiting.length > KEPT) view.waiting.shift();
  view.timer ??= setTimeout(takeWaiting, DRAW_EVERY_MS);
}

function takeWaiting() {
  view.timer = null;
  if (view.paused) return drawHead();
  const known = new Set(view.entries.slice(0, KEPT).map(({ id }) => id));
  const fresh = view.waiting.filter(({ id }) => !known.has(id)).reverse();
  view.waiting = [];
  paths.learn(fresh);
  view.entries = [...fresh, ...view.entries].slice(0, KEPT);
  list.querySelector(".traffic-empty")?.remove();
  list.prepend(...fresh.filter(passes).map((entry) => row(entry, true)));
  while (list.children.length > KEPT) list.lastChild.remove();
  if (list.children.length === 0) draw();
  return undefined;
}

const row = (entry, fresh) => trafficRow(entry, { fresh, chosen: view.chosen === entry.id, choose });

function passes({ kind, path, outcome }) {
  if (paths.chosen() && path !== paths.chosen()) return false;
  if (view.filter === "all") return true;
  return view.filter === "error" ? outcome !== "ok" : kind === view.filter;
}

function draw() {
  const shown = view.entries.filter(passes);
  fill(
    list,
    shown.map((entry) => row(entry, false)),
    shown.length === 0 &&
      el(
        "li",
        { class: "traffic-empty" },
        emptyWords().map((line) => el("p", {}, line)),
      ),
  );
}

function emptyWords() {
  return view.filter === "all" && !paths.chosen()
    ? ["还没有通信。", "在手机上做点什么，推送和调用会出现在这里。"]
    : ["没有这一类的通信。"];
}

function choose(entry) {
  view.chosen = entry?.id ?? null;
  for (const node of list.querySelectorAll(".traffic-row"))
    node.setAttribute("aria-pressed", String(node.dataset.id === String(view.chosen)));
  detail.show(entry);
}

function moveByArrow(event) {
  if (!(event.key in STEPS)) return;
  const rows = [...list.querySelectorAll(".traffic-row")];
  const target = rows[rows.indexOf(event.target.closest(".traffic-row")) + STEPS[event.key]];
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (view.chosen !== null) target.click();
}

function drawHead() {
  fill(
    filters,
    FILTERS.map(([name, label]) =>
      button(label, () => setFilter(name), {
        class: "segment",
        "aria-pressed": String(view.filter === name),
        testid: `traffic-filter-${name}`,
      }),
    ),
  );
  const label = view.paused ? "继续" : "暂停";
  pauseButton.setAttribute("aria-label", label);
  pauseButton.setAttribute("aria-pressed", String(view.paused));
  pauseButton.title = label;
  fill(pauseButton, icon(view.paused ? "play" : "pause", 19));
  notice.hidden = !view.paused;
  notice.textContent = view.waiting.length
    ? `已暂停，有 ${view.waiting.length} 条新的 · 继续`
    : "已暂停 · 继续";
}

function setFilter(name) {
  view.filter = name;
  drawHead();
  draw();
}

function togglePause() {
  view.paused = !view.paused;
  if (!view.paused) takeWaiting();
  drawHead();
}

async function clear() {
  if ((await attempt(api.clearTraffic)) === undefined) return;
  Object.assign(view, { entries: [], waiting: [] });
  choose(null);
  drawHead();
  draw();
}
