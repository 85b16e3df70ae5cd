// Keeps the state equal to the simulator's: listens to the events, and loads everything each time the line is opened.

import { api } from "./api.js";
import {
  chatKey,
  chatOf,
  currentAccount,
  currentChat,
  currentKey,
  currentPerson,
  findAccount,
  findPerson,
  select,
  state,
  tell,
  upsert,
} from "./state.js";
import { attempt } from "./toasts.js";

// Unread dots need a look into every chat; beyond so many people only the chosen one is looked at.
const PEOPLE_WITH_DOTS = 40;
const AT_ONCE = 4;
// So few chats are all looked at again when the simulator says that something changed.
const SMALL_WORLD = 24;
const RELOAD_EVERY_MS = 800;
const RETRY_MS = 2000;
const TYPING_LOOK_MS = 16_000;
const MESSAGES_KEPT = 400;

const arrivals = [];
let loading = 0;
let reloadTimer = null;

export async function loadAll() {
  await loadDirectory();
  await loadChat(state.personId, state.appId);
  await loadSummaries();
}

export async function loadDirectory() {
  const { now, accounts, people, spots, codes, mini_codes: miniCodes = [] } = await api.state();
  const first = state.accounts.length === 0;
  Object.assign(state, {
    accounts,
    people,
    spots,
    codes,
    miniCodes,
    clockOffset: Date.parse(now) - Date.now(),
  });
  tell("clock");
  tell("directory");
  if (first || !currentPerson() || !currentAccount()) select(state.personId, state.appId);
}

export async function loadChat(personId, appId) {
  if (!findPerson(personId) || !findAccount(appId)) return;
  const key = chatKey(personId, appId);
  const { answer, arrived } = await withArrivals(key, () => api.chat(personId, appId));
  const chat = Object.assign(chatOf(personId, appId), answer, { loaded: true });
  for (const { message, standing } of arrived) {
    Object.assign(chat, standing);
    if (message) upsert(chat, message);
  }
  if ((chat.messages.at(-1)?.id ?? 0) < chat.hiddenUpTo) chat.hiddenUpTo = 0;
  tell("chat", key);
  tell("chats");
}

// What arrives while an answer is under way is newer than the answer, and must be applied again on top of it.
async function withArrivals(key, ask) {
  const start = arrivals.length;
  loading += 1;
  try {
    const answer = await ask();
    return { answer, arrived: arrivals.slice(start).filter((one) => one.key === key) };
  } finally {
    loading -= 1;
    if (loading === 0) arrivals.length = 0;
  }
}

async function loadSummaries() {
  const waiting = state.people
    .slice(0, PEOPLE_WITH_DOTS)
    .flatMap(({ id }) => state.accounts.map(({ app_id }) => [id, app_id]));
  const rest = waiting.filter(([id, appId]) => chatKey(id, appId) !== currentKey());
  const work = async () => {
    while (rest.length) await loadChat(...rest.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Forgets every chat, for after a reset. */
export async function startOver() {
  state.chats.clear();
  tell("reset");
  await loadAll();
}

export function connect() {
  const source = new EventSource("/simulator/events");
  source.addEventListener("open", () => nowOnline());
  source.addEventListener("error", () => nowOffline(source));
  source.addEventListener("chat", (event) => applyChat(JSON.parse(event.data)));
  source.addEventListener("traffic", (event) => tell("traffic", JSON.parse(event.data)));
  source.addEventListener("state", () => reloadSoon());
}

function nowOnline() {
  // Loading only now leaves no gap: what happens from here on arrives as an event.
  tell("connection", "online");
  tell("connected");
  attempt(loadAll);
}

function nowOffline(source) {
  tell("connection", "offline");
  // The browser gives up for good on an answer that is no event stream (a proxy's error page, say); we do not.
  if (source.readyState !== EventSource.CLOSED) return;
  source.close();
  setTimeout(connect, RETRY_MS);
}

function reloadSoon() {
  reloadTimer ??= setTimeout(async () => {
    reloadTimer = null;
    await attempt(reload);
  }, RELOAD_EVERY_MS);
}

async function reload() {
  const lastKnown = currentChat()?.messages.at(-1)?.id;
  await loadDirectory();
  await loadChat(state.personId, state.appId);
  const stillThere = lastKnown === undefined || currentChat().messages.some(({ id }) => id === lastKnown);
  if (!stillThere) await startOver();
  else if (state.people.length * state.accounts.length <= SMALL_WORLD) await loadSummaries();
}

function applyChat({ person, app_id: appId, message, ...standing }) {
  // A load test plays people by the thousand who are not in the list.
  if (!findPerson(person) || !findAccount(appId)) return;
  const key = chatKey(person, appId);
  const chat = chatOf(person, appId);
  const followed = chat.following !== standing.following;
  Object.assign(chat, standing);
  if (loading) arrivals.push({ key, message, standing });
  if (message) receive(chat, key, message);
  if (followed) tell("chat", key);
  tell("standing", key);
  tell("chats");
  // "Typing" wears off without an event.
  if (chat.typing) setTimeout(() => attempt(() => loadChat(person, appId)), TYPING_LOOK_MS);
}

function receive(chat, key, message) {
  const before = upsert(chat, message);
  if (chat.messages.length > MESSAGES_KEPT) chat.messages.splice(0, MESSAGES_KEPT / 2);
  tell("message", { key, message, before });
}
