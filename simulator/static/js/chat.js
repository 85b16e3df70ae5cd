// The conversation on the phone: header, messages in order with their stamps, and the account's card before following.

import { markRead } from "./actions.js";
import { bubbleRow, updateRow } from "./bubbles.js";
import { chatHeader } from "./chat_header.js";
import { button, byId, el, fill } from "./dom.js";
import { stamp } from "./format.js";
import { icon } from "./icons.js";
import { profileCard } from "./profile.js";
import {
  currentAccount,
  currentChat,
  currentKey,
  currentPerson,
  isTalking,
  now,
  on,
  state,
} from "./state.js";

const STAMP_GAP_MS = 5 * 60_000;
const NEAR_BOTTOM = 80;

const list = el("ol", {
  class: "messages",
  testid: "messages",
  "aria-label": "对话",
  "aria-live": "polite",
  tabindex: "-1",
});
const more = button(
  "",
  () => scrollToEnd("smooth"),
  { class: "new-messages", hidden: true },
  icon("down", 16),
  "新消息",
);
let shownKey = null;
let drawn = null;

export function startChat() {
  on("selection directory", render);
  on("chat", (key) => key === currentKey() && render());
  on("standing", (key) => key === currentKey() && chatHeader(byId("chat-header"), clearScreen));
  on("message", showMessage);
  list.addEventListener("scroll", () => {
    if (isNearEnd()) more.hidden = true;
  });
  // Pictures grow after they were laid out; the newest message must stay in view.
  list.addEventListener(
    "load",
    () => {
      if (!more.dataset.away) scrollToEnd();
    },
    true,
  );
  list.addEventListener("scroll", () => {
    more.dataset.away = isNearEnd() ? "" : "1";
  });
  new ResizeObserver(() => {
    if (!more.dataset.away) scrollToEnd();
  }).observe(list);
  document.addEventListener("visibilitychange", readVisible);
  render();
}

export function clearScreen() {
  const chat = currentChat();
  chat.hiddenUpTo = chat.messages.at(-1)?.id ?? 0;
  render();
}

function render() {
  const account = currentAccount();
  const chat = currentChat();
  chatHeader(byId("chat-header"), clearScreen);
  if (!account || !currentPerson())
    return showWaiting(state.people.length ? "账号文件里还没有账号。" : "正在连接模拟器…");
  if (!chat?.loaded) return showWaiting(el("i", { class: "spinner" }));
  if (!isTalking(account, chat)) return showProfile(account);
  return showMessages(chat);
}

function showProfile(account) {
  const key = `profile ${currentKey()} ${state.codes.length}`;
  if (shownKey === key) return;
  shownKey = key;
  fill(byId("chat-body"), profileCard(account, currentPerson()));
}

function showMessages(chat) {
  const visible = visibleOf(chat);
  const same = shownKey === currentKey() && list.isConnected;
  // Drawing equal messages anew would stop a sound and make pictures flicker.
  if (same && JSON.stringify(visible) === drawn) return readVisible();
  const stay = same && !isNearEnd();
  const top = list.scrollTop;
  shownKey = currentKey();
  drawn = JSON.stringify(visible);
  fill(
    list,
    visible.flatMap((message, index) => rowsOf(message, visible[index - 1])),
    visible.length === 0 && emptyLine(),
  );
  if (list.parentNode !== byId("chat-body")) fill(byId("chat-body"), list, more);
  if (stay) list.scrollTop = top;
  else scrollToEnd();
  return readVisible();
}

function showMessage({ key, message, before }) {
  const chat = currentChat();
  if (key !== currentKey() || !chat.loaded || !isTalking(currentAccount(), chat)) return;
  if (list.parentNode !== byId("chat-body")) return render();
  const row = list.querySelector(`[data-id="${Number(message.id)}"]`);
  if (row && before) updateRow(row, message, before);
  else if (chat.messages.at(-1)?.id === message.id) append(chat, message);
  else render();
  drawn = JSON.stringify(visibleOf(chat));
  readVisible();
}

const visibleOf = (chat) => chat.messages.filter(({ id }) => id > chat.hiddenUpTo);

function append(chat, message) {
  const stay = !isNearEnd() && message.by !== "person";
  list.querySelector(".chat-empty")?.remove();
  const previous = visibleOf(chat).at(-2);
  list.append(...rowsOf(message, previous));
  more.hidden = !stay;
  if (!stay) scrollToEnd();
}

function rowsOf(message, previous) {
  const at = Date.parse(message.at);
  const gap = !previous || Math.abs(at - Date.parse(previous.at)) > STAMP_GAP_MS;
  return [
    gap && el("li", { class: "stamp" }, el("time", { datetime: message.at }, stamp(at, now()))),
    bubbleRow(message),
  ].filter(Boolean);
}

function readVisible() {
  if (document.visibilityState === "visible" && list.isConnected && currentChat())
    markRead(state.personId, state.appId);
}

function isNearEnd() {
  return list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM;
}

function scrollToEnd(behavior = "instant") {
  list.scrollTo({ top: list.scrollHeight, behavior });
  more.hidden = true;
}

function emptyLine() {
  return el("li", { class: "chat-empty" }, "还没有消息。点下面的菜单，或发一句话试试。");
}

function showWaiting(content) {
  shownKey = null;
  fill(byId("chat-body"), el("div", { class: "chat-waiting" }, content));
}
