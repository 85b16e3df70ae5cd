// One Esc key for many layers: the layer opened last closes first.

const layers = [];

/** Registers a way to close; answers the function that takes it back when the layer closed by itself. */
export function onDismiss(close) {
  layers.push(close);
  return () => {
    const index = layers.indexOf(close);
    if (index >= 0) layers.splice(index, 1);
  };
}

/** Closes a small pop-up at Esc, at a press outside of it, or when focus leaves for elsewhere. */
export function popup(node, opener, close) {
  const outside = (event) => {
    if (!node.contains(event.target) && !opener.contains(event.target)) end();
  };
  const release = onDismiss(() => {
    end();
    opener.focus();
  });
  document.addEventListener("pointerdown", outside, true);
  function end() {
    document.removeEventListener("pointerdown", outside, true);
    release();
    close();
  }
  return end;
}

export function listenForEscape() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || layers.length === 0) return;
    event.preventDefault();
    layers.at(-1)();
  });
}
