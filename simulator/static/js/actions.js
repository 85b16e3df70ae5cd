// What the person does with the phone. Each verb goes to the simulator; the outcome comes back as an event.

import { api } from "./api.js";
import { chatKey, chatOf, select, state, tell, upsert } from "./state.js";
import { attempt } from "./toasts.js";

/** Performs a verb in the chosen chat. Answers whether the simulator took it. */
export async function act(verb, body, { personId = state.personId, appId = state.appId } = {}) {
  const answer = await attempt(() => api.act(personId, appId, verb, body));
  if (!answer) return false;
  // A scanned code may belong to another account: only the event says into which chat its message goes.
  if (answer.message && verb !== "scan") showAtOnce(personId, appId, answer.message);
  tell("leads", answer);
  return true;
}

export const sendText = (content) => act("text", { content });
export const sendLocation = ({ latitude, longitude, label }) =>
  act("location", { latitude, longitude, label });
export const sendLink = (link) => act("link", link);
export const sendImage = (file) => act("image", fileForm(file));
export const sendVoice = (file) => act("voice", fileForm(file));
export const answerMenu = (item) => act("msgmenu", { id: item.id, content: item.content });
export const follow = (how = {}) => act("follow", how);
export const unfollow = () => act("unfollow");
export const enterService = () => act("enter");
export const endAgent = () => act("agent/end");
export const pressMenu = (path, extra = {}) => act("menu", { path, ...extra });

export const block = (on) => act("block", { on });
export const changeAuthorization = (event, info) =>
  act("authorization", info ? { event, revoke_info: info } : { event });

/** Scans a code. A code of another account opens that account's chat, as the real phone would. */
export function scan(text) {
  const appId = state.codes.find(({ ticket, url }) => text === ticket || text === url)?.app_id ?? state.appId;
  if (appId !== state.appId) select(state.personId, appId);
  return act("scan", { text }, { appId });
}

export function markRead(personId, appId) {
  const chat = chatOf(personId, appId);
  if (!chat.unread) return;
  chat.unread = 0;
  tell("chats");
  attempt(() => api.act(personId, appId, "read"));
}

function showAtOnce(personId, appId, message) {
  const chat = chatOf(personId, appId);
  // The event may have overtaken this answer and know the outcome already.
  if (chat.messages.some(({ id }) => id === message.id)) return;
  upsert(chat, message);
  tell("message", { key: chatKey(personId, appId), message, before: null });
}

function fileForm(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}
