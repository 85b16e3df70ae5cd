// What the page knows, in one place, and who wishes to hear of a change. It knows neither the network nor the screen.

export const state = {
  accounts: [],
  people: [],
  spots: [],
  codes: [],
  miniCodes: [],
  chats: new Map(),
  personId: null,
  appId: null,
  clockOffset: 0,
};

const listeners = new Map();

/**
 * Topics: directory, selection, chats, chat and standing (detail: key), message (detail: {key, message, before}),
 * clock, connection, connected, reset, traffic, faults.
 */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
}

export function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const now = () => Date.now() + state.clockOffset;
export const chatKey = (personId, appId) => `${personId}/${appId}`;
export const currentKey = () => chatKey(state.personId, state.appId);
export const currentChat = () => state.chats.get(currentKey()) ?? null;
export const findPerson = (id) => state.people.find((person) => String(person.id) === String(id)) ?? null;
export const findAccount = (appId) => state.accounts.find((account) => account.app_id === appId) ?? null;
export const currentPerson = () => findPerson(state.personId);
export const currentAccount = () => findAccount(state.appId);
export const isMiniProgram = (account) => account?.kind === "miniprogram";

/** A mini-program's conversation needs no following; an official account's does. */
export const isTalking = (account, chat) => isMiniProgram(account) || Boolean(chat?.following);

export function chatOf(personId, appId) {
  const key = chatKey(personId, appId);
  if (!state.chats.has(key)) state.chats.set(key, emptyChat());
  return state.chats.get(key);
}

export function unreadOf(personId) {
  return state.accounts.reduce(
    (sum, { app_id }) => sum + (state.chats.get(chatKey(personId, app_id))?.unread ?? 0),
    0,
  );
}

export function select(personId, appId = state.appId) {
  const wanted = findAccount(appId) ?? state.accounts[0];
  state.personId = findPerson(personId)?.id ?? state.people[0]?.id ?? null;
  state.appId = wanted?.app_id ?? null;
  tell("selection");
}

export function upsert(chat, message) {
  const index = chat.messages.findIndex((other) => other.id === message.id);
  if (index >= 0) return chat.messages.splice(index, 1, message)[0];
  const after = chat.messages.findLastIndex((other) => other.id < message.id);
  chat.messages.splice(after + 1, 0, message);
  return null;
}

function emptyChat() {
  return {
    following: false,
    agent: false,
    typing: false,
    blocked: false,
    unread: 0,
    menu: [],
    messages: [],
    hiddenUpTo: 0,
    draft: "",
    mode: null,
    loaded: false,
  };
}
