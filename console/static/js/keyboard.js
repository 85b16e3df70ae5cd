// The keys of the console. A page says them itself: data-keys="g m" on what is clicked or focused, data-keys-title for
// the help. Nothing happens while somebody types, or with Ctrl, Alt or Meta held.
const PATIENCE = 1200; // milliseconds between the two keys of "g m"
let first = "";
let patience = 0;

function isTyping(target) {
  return target.isContentEditable || target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select") != null;
}

function declared(keys) {
  return document.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
}

function use(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function rows() {
  return [...document.querySelectorAll("main tr[data-href]")];
}

function walk(step) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest?.("tr[data-href]"));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  const row = all[Math.max(0, Math.min(all.length - 1, next))];
  if (row) {
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }
}

function open(event) {
  const row = document.activeElement?.matches?.("tr[data-href]") ? document.activeElement : null;
  if (row) {
    event.preventDefault();
    location.assign(row.dataset.href);
  }
}

const HELD = { j: () => walk(1), k: () => walk(-1), o: open, Enter: open };

function press(event) {
  const chord = first ? `${first} ${event.key}` : event.key;
  clearTimeout(patience);
  first = "";
  const found = declared(chord);
  if (found) {
    event.preventDefault();
    use(found);
  } else if (document.querySelector(`[data-keys^="${CSS.escape(event.key)} "]`)) {
    first = event.key;
    patience = setTimeout(() => (first = ""), PATIENCE);
  } else {
    HELD[event.key]?.(event);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) {
    return;
  }
  if (isTyping(event.target)) {
    if (event.key === "Escape") {
      event.target.blur();
    }
  } else if (!document.querySelector("dialog[open]")) {
    press(event);
  }
});

// The help tells what this page has.
const help = document.getElementById("help");

function line(element) {
  const entry = document.createElement("div");
  const keys = document.createElement("dt");
  const words = document.createElement("dd");
  for (const key of element.dataset.keys.split(" ")) {
    const shown = document.createElement("kbd");
    shown.textContent = key;
    keys.append(shown, " ");
  }
  words.textContent = element.dataset.keysTitle || element.textContent.trim();
  entry.append(keys, words);
  return entry;
}

document.addEventListener("click", (event) => {
  if (help && event.target.closest("[data-help]")) {
    const here = [...document.querySelectorAll("[data-keys]")];
    help.querySelector("[data-keys-list]").replaceChildren(...here.map(line));
    help.showModal();
  }
});
