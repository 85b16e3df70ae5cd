// Narrows the journal to one interface: a choice among those that have been called.

import { api } from "./api.js";
import { el, fill } from "./dom.js";
import { attempt } from "./toasts.js";

/** `change` is called when another one is chosen. Answers {node, chosen, learn(entries)}. */
export function pathChoice(change) {
  const known = new Set();
  const node = el("select", {
    class: "field traffic-path",
    "aria-label": "接口",
    testid: "traffic-path",
    onchange: change,
    onfocus: askForAll,
  });
  const draw = () => {
    const chosen = node.value;
    const options = [...known].sort().map((path) => el("option", { value: path }, path));
    fill(node, el("option", { value: "" }, "所有接口和推送"), options);
    node.value = chosen;
  };
  // Under load the page is not told of every entry; the simulator has counted them all.
  async function askForAll() {
    const counted = await attempt(api.counts);
    if (counted) learn(Object.keys(counted.items).map((path) => ({ kind: path === "push" ? "push" : "call", path })));
  }
  function learn(entries) {
    const before = known.size;
    for (const { kind, path } of entries) if (kind === "call") known.add(path);
    if (known.size > before) draw();
  }
  draw();
  return {
    node,
    chosen: () => node.value,
    learn,
  };
}
