// The account's card, seen before following: one large button, or following through a code with a scene.

import { follow } from "./actions.js";
import { accountAvatar } from "./avatars.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./state.js";

const CODES_SHOWN = 6;

export function profileCard(account, person) {
  const followButton = button(
    "",
    () => once(followButton, () => follow()),
    { class: "button button-primary follow-button", testid: "follow" },
    "关注公众号",
  );
  return el(
    "div",
    { class: "profile" },
    el(
      "div",
      { class: "profile-card" },
      accountAvatar(account),
      el("h3", {}, account.name),
      el("p", { class: "profile-id" }, `原始 ID：${account.original_id}`),
      el(
        "p",
        { class: "profile-text" },
        `${person.nickname}还没有关注。`,
        el("br"),
        "关注以后能看到菜单、发消息、收到回复。",
      ),
      followButton,
    ),
    scanCard(account),
  );
}

function scanCard(account) {
  const scene = el("input", {
    class: "field",
    type: "text",
    maxlength: "64",
    placeholder: "场景值，如 card_1024",
    "aria-label": "场景值",
    testid: "follow-scene",
  });
  const submit = el("button", { type: "submit", class: "button", testid: "follow-scan" }, "扫码关注");
  const send = (event) => {
    event.preventDefault();
    const value = scene.value.trim();
    if (!value) return scene.focus();
    return once(submit, () => follow({ scene: value }));
  };
  return el(
    "form",
    { class: "profile-scan", onsubmit: send },
    el("h4", {}, icon("scan", 18), "或者：扫带参数的二维码关注"),
    el("div", { class: "field-row" }, scene, submit),
    codeChips(account),
  );
}

function codeChips(account) {
  const codes = state.codes.filter(({ app_id }) => app_id === account.app_id).slice(-CODES_SHOWN);
  if (codes.length === 0) return null;
  return el(
    "div",
    { class: "chips" },
    codes.map((code) => {
      const chip = button(
        "",
        () => once(chip, () => follow({ ticket: code.ticket })),
        { class: "chip", title: code.kind },
        String(code.scene),
      );
      return chip;
    }),
  );
}

// A double press would be two follows.
async function once(node, act) {
  node.disabled = true;
  await act();
  node.disabled = false;
}
