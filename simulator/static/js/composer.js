// The bottom of the phone: the account's menu or the input line, switched by the keyboard button, and the "+" panel.

import { sendText } from "./actions.js";
import { onDismiss } from "./dismiss.js";
import { button, byId, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { buttonsOf, menuBar } from "./menu.js";
import { openLinkSheet } from "./sheet_link.js";
import { openLocationSheet } from "./sheet_location.js";
import { openPhotoSheet } from "./sheet_photo.js";
import { openScanSheet } from "./sheet_scan.js";
import { openSubscribeSheet } from "./sheet_subscribe.js";
import { openVoiceSheet } from "./sheet_voice.js";
import { currentAccount, currentChat, currentKey, isTalking, on } from "./state.js";

const TILES = [
  ["photo", "照片", "photo", openPhotoSheet],
  ["location", "位置", "pin", openLocationSheet],
  ["scan", "扫一扫", "scan", openScanSheet],
  ["voice", "语音", "mic", openVoiceSheet],
  ["link", "链接", "link", openLinkSheet],
  ["subscribe", "订阅消息", "bell", openSubscribeSheet],
];
const LINES_SHOWN_PX = 104;

let drawn = null;
let closePanel = null;

export function startComposer() {
  on("selection directory", render);
  on("chat", (key) => key === currentKey() && render());
}

// Drawn anew only when it would differ, so that a reload of the state never takes a half-written text away.
function render() {
  const chat = currentChat();
  const shown = Boolean(chat?.loaded) && isTalking(currentAccount(), chat);
  const look = shown ? JSON.stringify([currentKey(), buttonsOf(chat), modeOf(chat)]) : null;
  byId("composer").hidden = !shown;
  if (look === drawn) return;
  drawn = look;
  closePanel?.();
  if (shown) draw(chat);
}

function draw(chat) {
  const mode = modeOf(chat);
  fill(
    byId("composer"),
    el(
      "div",
      { class: "composer-bar" },
      hasMenu(chat) && modeToggle(chat, mode),
      ...(mode === "menu" ? [menuBar(chat)] : inputLine(chat)),
    ),
  );
}

const hasMenu = (chat) => buttonsOf(chat).length > 0;
const modeOf = (chat) => (hasMenu(chat) ? (chat.mode ?? "menu") : "input");

function modeToggle(chat, mode) {
  const label = mode === "menu" ? "切换到键盘" : "切换到菜单";
  const toggle = () => {
    chat.mode = mode === "menu" ? "input" : "menu";
    render();
    byId("composer")
      .querySelector(chat.mode === "input" ? "textarea" : ".mode-toggle")
      ?.focus();
  };
  return button(
    "",
    toggle,
    { class: "mode-toggle", "aria-label": label, title: label, testid: "keyboard-toggle" },
    icon(mode === "menu" ? "keyboard" : "menu", 24),
  );
}

function inputLine(chat) {
  const text = el("textarea", {
    class: "message-input",
    rows: "1",
    maxlength: "4000",
    "aria-label": "消息",
    placeholder: "发消息",
    enterkeyhint: "send",
    testid: "message-input",
  });
  const send = button("发送", () => submit(chat, text, refresh), { class: "send-button", testid: "send" });
  const plus = button(
    "",
    () => togglePanel(plus),
    {
      class: "icon-button plus-button",
      "aria-label": "更多发送方式",
      "aria-expanded": "false",
      testid: "plus",
    },
    icon("plusRound", 28),
  );
  const refresh = () => {
    chat.draft = text.value;
    send.hidden = text.value.trim() === "";
    plus.hidden = !send.hidden;
    grow(text);
  };
  text.value = chat.draft;
  text.addEventListener("input", refresh);
  text.addEventListener("focus", () => closePanel?.());
  text.addEventListener("keydown", (event) => sendOnEnter(event, send));
  refresh();
  return [text, plus, send];
}

function sendOnEnter(event, send) {
  // While an input method composes, Enter chooses the characters.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!send.hidden) send.click();
}

async function submit(chat, text, refresh) {
  const content = text.value.trim();
  text.value = "";
  refresh();
  text.focus();
  if (await sendText(content)) return;
  // Refused: the words come back, before anything typed in the meantime.
  text.value = content + text.value;
  refresh();
}

function grow(text) {
  text.style.height = "auto";
  if (text.scrollHeight) text.style.height = `${Math.min(text.scrollHeight, LINES_SHOWN_PX)}px`;
}

function togglePanel(plus) {
  if (closePanel) return closePanel();
  const panel = el(
    "div",
    { class: "plus-panel", role: "group", "aria-label": "更多发送方式" },
    TILES.map(([name, label, drawing, open]) =>
      button(
        "",
        () => {
          closePanel?.();
          open();
        },
        { class: "tile", testid: `panel-${name}` },
        el("span", { class: "tile-icon" }, icon(drawing, 28)),
        label,
      ),
    ),
  );
  const release = onDismiss(() => {
    closePanel();
    plus.focus();
  });
  closePanel = () => {
    closePanel = null;
    release();
    panel.remove();
    plus.setAttribute("aria-expanded", "false");
  };
  plus.setAttribute("aria-expanded", "true");
  byId("composer").append(panel);
  panel.querySelector("button").focus();
  return undefined;
}
