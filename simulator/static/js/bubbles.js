// One message as one row: who said it decides the side, its kind decides the drawing.

import { accountAvatar, personAvatar } from "./avatars.js";
import { linkCard, locationCard, menuCard, miniProgramCard, newsCard } from "./cards.js";
import { subscribeCard, templateCard } from "./cards_notice.js";
import { el } from "./dom.js";
import { imageBubble, musicCard, videoBubble, voiceBubble } from "./media.js";
import { richText, withAddresses } from "./richtext.js";
import { currentAccount, currentPerson } from "./state.js";
import { taps } from "./taps.js";

const BODIES = {
  text: textBubble,
  image: imageBubble,
  voice: voiceBubble,
  video: videoBubble,
  music: musicCard,
  location: locationCard,
  link: linkCard,
  news: newsCard,
  msgmenu: menuCard,
  miniprogrampage: miniProgramCard,
  template: templateCard,
  subscribe: subscribeCard,
};

const STATES = { sending: ["spinner", "正在等待回答"], failed: ["failed-mark", "账号没有回答"] };

export function bubbleRow(message) {
  return message.kind === "event" || message.kind === "notice" ? line(message) : bubble(message);
}

/** Only the mark changes when a message was answered; a drawn picture or a playing sound stays as it is. */
export function updateRow(row, message, before) {
  const same = JSON.stringify({ ...message, state: null }) === JSON.stringify({ ...before, state: null });
  if (!same) return row.replaceWith(bubbleRow(message));
  row.dataset.state = message.state ?? "";
  return row.querySelector(".mark").replaceWith(mark(message));
}

function bubble(message) {
  const mine = message.by === "person";
  const body = (BODIES[message.kind] ?? unknown)(message);
  return el(
    "li",
    { class: `row ${mine ? "row-mine" : "row-theirs"}`, testid: "bubble", data: marks(message) },
    mine ? personAvatar(currentPerson()) : accountAvatar(currentAccount()),
    el("div", { class: "row-body" }, body, message.mass && el("small", { class: "mass-mark" }, message.preview ? "群发预览" : "群发")),
    mark(message),
  );
}

function line(message) {
  return el(
    "li",
    { class: `line line-${message.kind}`, testid: "bubble", data: marks(message) },
    el("span", { class: "line-text" }, message.text ?? message.content ?? ""),
    mark(message),
  );
}

function marks({ id, by, kind, state, mass }) {
  return { id: String(id), by, kind, state: state ?? "", ...(mass ? { mass: "1" } : {}) };
}

function mark({ state }) {
  const [look, label] = STATES[state] ?? ["", ""];
  return el(
    "span",
    { class: `mark ${look}`, role: label && "img", "aria-label": label, title: label },
    state === "failed" ? "!" : "",
  );
}

function textBubble({ by, content }) {
  const text = content ?? "";
  return el(
    "div",
    { class: "bubble bubble-text" },
    by === "person" ? withAddresses(text, taps) : richText(text, taps),
  );
}

function unknown({ kind }) {
  return el("div", { class: "bubble bubble-text bubble-unknown" }, `［这里还不会显示的消息：${kind}］`);
}
