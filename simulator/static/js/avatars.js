// Small drawn faces: the last character of a person's nickname, the first of an account's name.

import { el } from "./dom.js";
import { isMiniProgram } from "./state.js";

const ACCOUNT_COLOURS = ["#15804f", "#2f6fb0", "#a3552f", "#6a56a8", "#a03d6b", "#4b7280"];
// Grapheme-aware, so an emoji at the end of a nickname is not cut in half.
const SEGMENTER = new Intl.Segmenter("zh-CN");
const NOT_A_LETTER = /[\s）)】\].。·]+$/u;

export function personAvatar(person) {
  const letter = characters((person?.nickname ?? "").replace(NOT_A_LETTER, "")).at(-1) ?? "？";
  return avatar(letter, person?.colour || "#6d7773", "avatar");
}

export function accountAvatar(account) {
  const letter = characters(account?.name ?? "")[0] ?? "？";
  const shape = isMiniProgram(account) ? "avatar avatar-mini" : "avatar avatar-account";
  return avatar(letter, ACCOUNT_COLOURS[sum(account?.app_id ?? "") % ACCOUNT_COLOURS.length], shape);
}

function avatar(letter, colour, className) {
  const node = el("span", { class: className, "aria-hidden": "true" }, letter);
  // Through the CSS object model: a style attribute would need 'unsafe-inline'.
  node.style.setProperty("--avatar", colour);
  return node;
}

const characters = (text) => [...SEGMENTER.segment(text)].map(({ segment }) => segment);
const sum = (text) => [...text].reduce((total, character) => total + character.codePointAt(0), 0);
