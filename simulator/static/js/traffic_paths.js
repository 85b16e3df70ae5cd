// Narrows the journal to one interface: a choice among those that have been called.

import { el, fill } from "./dom.js";

/** `change` is called when another one is chosen. Answers {node, chosen, learn(entries)}. */
export function pathChoice(change) {
  const known = new Set();
  const node = el("select", {
    class: "field traffic-path",
    "aria-label": "接口",
    testid: "traffic-path",
    onchange: change,
  });
  const draw = () => {
    const chosen = node.value;
    const options = [...known].sort().map((path) => el("option", { value: path }, path));
    fill(node, el("option", { value: "" }, "所有接口和推送"), options);
    node.value = chosen;
  };
  draw();
  return {
    node,
    chosen: () => node.value,
    learn(entries) {
      const before = known.size;
      for (const { kind, path } of entries) if (kind === "call") known.add(path);
      if (known.size > before) draw();
    },
  };
}
