// Short sentences at the edge of the page: what went wrong, or what was done unseen.

import { ApiError } from "./api.js";
import { byId, el } from "./dom.js";

const SHOWN_MS = 4500;

export function toast(text, tone = "plain") {
  const node = el("p", { class: `toast toast-${tone}`, testid: "toast" }, text);
  const stack = byId("toasts");
  stack.append(node);
  // Shown again each time, so that it lies above a dialog opened in the meantime.
  if (stack.matches(":popover-open")) stack.hidePopover();
  stack.showPopover();
  setTimeout(() => dropToast(node, stack), SHOWN_MS);
}

function dropToast(node, stack) {
  node.remove();
  if (!stack.childElementCount && stack.matches(":popover-open")) stack.hidePopover();
}

/** Runs a promise-returning act and says its failure; answers undefined then. */
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiError)) console.error(error);
    toast(error.message || "出错了，请再试一次。", "error");
    return undefined;
  }
}
