// What surrounds the conversation: tabs for small screens, the line's state, the first hint, the phone's status bar.

import { api } from "./api.js";
import { button, byId, el, fill } from "./dom.js";
import { clockTime } from "./format.js";
import { icon } from "./icons.js";
import { closeSheetsOnSelection, openChoices } from "./sheets.js";
import { now, on, state, unreadOf } from "./state.js";
import { startOver } from "./sync.js";
import { attempt, toast } from "./toasts.js";

const TABS = [
  ["people", "人", "person"],
  ["phone", "手机", "phone"],
  ["traffic", "通信", "traffic"],
];
const HINT = "选一个人，点「关注公众号」，再点菜单或发一句话试试。";
const HINT_SEEN = "tongxin-hint-seen";
const TICK_MS = 5000;

export function startFrame() {
  startTabs();
  startHint();
  startStatusBar();
  on("connection", showConnection);
  byId("reset").addEventListener("click", askReset);
  closeSheetsOnSelection();
}

export function showTab(name) {
  document.body.dataset.tab = name;
  for (const tab of byId("tabs").children) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
}

function startTabs() {
  fill(
    byId("tabs"),
    TABS.map(([name, label, drawing]) =>
      button(
        "",
        () => showTab(name),
        { class: "tab", testid: `tab-${name}`, data: { tab: name } },
        icon(drawing, 18),
        el("span", {}, label),
        el("i", { class: "dot", hidden: true }),
      ),
    ),
  );
  showTab("phone");
  on("chats directory", () => {
    const unread = state.people.some(({ id }) => unreadOf(id) > 0);
    byId("tabs").querySelector("[data-tab=people] .dot").hidden = !unread;
  });
}

function startHint() {
  if (localStorage.getItem(HINT_SEEN)) return;
  const hint = byId("hint");
  const hide = () => {
    localStorage.setItem(HINT_SEEN, "1");
    hint.hidden = true;
  };
  fill(hint, el("span", {}, HINT), button("知道了", hide, { class: "hint-close", testid: "hint-close" }));
  hint.hidden = false;
}

function startStatusBar() {
  const time = el("span", { class: "status-time" });
  fill(
    byId("status-bar"),
    time,
    el(
      "span",
      { class: "status-signs" },
      el("i", { class: "sign-signal" }),
      el("i", { class: "sign-battery" }),
    ),
  );
  const tick = () => fill(time, clockTime(now()));
  on("clock", tick);
  setInterval(tick, TICK_MS);
}

function showConnection(kind) {
  const node = byId("connection");
  node.className = `connection connection-${kind}`;
  fill(node, el("i", { class: "lamp" }), kind === "online" ? "已连接" : "连接断开，正在重连…");
}

function askReset() {
  showTab("phone");
  openChoices("把人、对话、令牌和通信记录都恢复到开始时的样子？", [
    { label: "全部重新开始", tone: "danger", testid: "reset-confirm", run: reset },
    { label: "不，保留", run: () => {} },
  ]);
}

async function reset() {
  const done = await attempt(async () => {
    await api.reset();
    await startOver();
    return true;
  });
  if (done) toast("已重新开始");
}
