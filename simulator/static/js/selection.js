// The chosen person and account live in the address (#person/account), so a reload or a shared link comes back to them.

import { on, select, state } from "./state.js";
import { loadChat } from "./sync.js";
import { attempt } from "./toasts.js";

export function restoreSelection() {
  [state.personId, state.appId] = readAddress();
  window.addEventListener("hashchange", () => {
    const [personId, appId] = readAddress();
    const same = String(personId) === String(state.personId) && appId === state.appId;
    if (!same && personId !== null) select(personId, appId);
  });
}

export function rememberSelection() {
  on("selection", () => {
    if (state.personId === null || state.appId === null) return;
    const address = `#${encodeURIComponent(state.personId)}/${encodeURIComponent(state.appId)}`;
    history.replaceState(null, "", address);
    attempt(() => loadChat(state.personId, state.appId));
  });
}

function readAddress() {
  const [personId, appId] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return [personId || null, appId || null];
}
