// The left column: who holds the phone, and which account she talks to.

import { api } from "./api.js";
import { accountAvatar, personAvatar } from "./avatars.js";
import { button, byId, el, fill } from "./dom.js";
import { showTab } from "./frame.js";
import { icon } from "./icons.js";
import { chatOf, isMiniProgram, on, select, state, unreadOf } from "./state.js";
import { loadDirectory } from "./sync.js";
import { attempt } from "./toasts.js";

const SEARCH_FROM = 9;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

const list = el("ul", { class: "people-list", "aria-label": "人" });
const search = el("input", {
  class: "field people-search",
  type: "search",
  placeholder: "找人",
  "aria-label": "找人",
  oninput: render,
});

let drawn = null;
let waiting = false;

export function startPeople() {
  fill(byId("people"), el("h2", { class: "column-title" }, "人"), search, list, addForm());
  list.addEventListener("keydown", moveByArrow);
  on("directory selection chats", renderSoon);
  render();
}

function renderSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(render);
}

// A column drawn anew under the pointer would swallow the click, so it is drawn only when it would look different.
function render() {
  waiting = false;
  const look = JSON.stringify([
    search.value,
    state.personId,
    state.appId,
    state.accounts.map(({ name }) => name),
    state.people,
    [...state.chats].map(([key, { following, unread }]) => [key, following, unread]),
  ]);
  if (look === drawn) return;
  drawn = look;
  draw();
}

function draw() {
  const focused = document.activeElement?.dataset?.testid;
  search.hidden = state.people.length < SEARCH_FROM;
  const wanted = search.value.trim();
  fill(list, state.people.filter(({ nickname }) => nickname.includes(wanted)).map(personItem));
  if (focused) list.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function personItem(person) {
  const chosen = person.id === state.personId;
  const unread = unreadOf(person.id);
  const head = button(
    "",
    () => choose(person.id),
    {
      class: "person",
      testid: `person-${person.id}`,
      "aria-current": chosen && "true",
      "aria-expanded": String(chosen),
      tabindex: chosen ? "0" : "-1",
    },
    personAvatar(person),
    el(
      "span",
      { class: "person-text" },
      el("span", { class: "person-name" }, person.nickname),
      el("small", {}, summary(person)),
    ),
    unreadDot(unread),
  );
  return el(
    "li",
    { class: chosen ? "person-item chosen" : "person-item" },
    head,
    chosen &&
      el(
        "div",
        { class: "accounts" },
        state.accounts.map((account) => accountItem(person, account)),
      ),
  );
}

function accountItem(person, account) {
  const chat = chatOf(person.id, account.app_id);
  const chosen = account.app_id === state.appId;
  return button(
    "",
    () => choose(person.id, account.app_id),
    { class: "account", testid: `account-${account.app_id}`, "aria-current": chosen && "true" },
    accountAvatar(account),
    el(
      "span",
      { class: "person-text" },
      el("span", { class: "account-name" }, account.name),
      el("small", {}, standing(account, chat)),
    ),
    unreadDot(chat.unread),
  );
}

function standing(account, chat) {
  if (isMiniProgram(account)) return "小程序";
  return chat.following ? "公众号 · 已关注" : "公众号 · 未关注";
}

function summary(person) {
  const officials = state.accounts.filter((account) => !isMiniProgram(account));
  const followed = officials.filter(({ app_id }) => chatOf(person.id, app_id).following).length;
  if (followed === 0) return "未关注";
  return officials.length === 1 ? "已关注" : `已关注 ${followed} 个`;
}

function unreadDot(count) {
  return (
    count > 0 &&
    el(
      "span",
      { class: "unread", "aria-label": `${count} 条未读`, testid: "unread" },
      count > 99 ? "99+" : String(count),
    )
  );
}

// On a small screen a tap on a person unfolds her accounts, a tap on an account goes to the phone.
function choose(personId, appId) {
  select(personId, appId);
  if (appId) showTab("phone");
}

function moveByArrow(event) {
  const heads = [...list.querySelectorAll(".person")];
  const here = heads.indexOf(event.target.closest(".person"));
  const target =
    event.key in STEPS ? heads[here + STEPS[event.key]] : { Home: heads[0], End: heads.at(-1) }[event.key];
  if (here < 0 || !target) return;
  event.preventDefault();
  target.focus();
  target.click();
}

function addForm() {
  const name = el("input", {
    class: "field",
    type: "text",
    maxlength: "20",
    placeholder: "添加一个人",
    "aria-label": "新的人的昵称",
    testid: "person-name",
  });
  const add = async (event) => {
    event.preventDefault();
    const nickname = name.value.trim();
    if (!nickname) return name.focus();
    const person = await attempt(() => api.addPerson(nickname));
    if (!person) return undefined;
    name.value = "";
    await attempt(loadDirectory);
    return select(person.id);
  };
  return el(
    "form",
    { class: "people-add", onsubmit: add },
    name,
    el(
      "button",
      {
        type: "submit",
        class: "icon-button icon-button-filled",
        "aria-label": "添加这个人",
        testid: "person-add",
      },
      icon("plus", 18),
    ),
  );
}
