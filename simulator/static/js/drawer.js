// The drawer at the right edge: one at a time, closed by ×, a press beside it, or Esc.

import { onDismiss } from "./dismiss.js";
import { el, fill } from "./dom.js";
import { titleBar } from "./title_bar.js";

/** Opens it and answers {show(...content), close}; drawing again keeps the focus where it was. */
export function openDrawer({ title, testid, onclose }) {
  const body = el("div", { class: "drawer-content" });
  const dialog = el(
    "dialog",
    { class: "drawer", "aria-label": title, testid },
    el(
      "div",
      { class: "drawer-body" },
      titleBar(title, () => dialog.close(), testid.replace("-drawer", "-close")),
      body,
    ),
  );
  const release = onDismiss(() => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    release();
    dialog.remove();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { show: (...content) => redraw(body, content), close: () => dialog.close() };
}

function redraw(body, content) {
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const top = body.closest("dialog").scrollTop;
  fill(body, ...content);
  if (focused) body.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
  body.closest("dialog").scrollTop = top;
}
