// The keys of the console. A page says them itself: data-keys="g m" on what is clicked or focused, data-keys-title for
// the help. Nothing happens while somebody types, with Ctrl, Alt or Meta held, or when she wants no single keys.
const PATIENCE = 1200; // milliseconds between the two keys of "g m"
const SAME = { "？": "?", "／": "/", "、": "/" }; // the same keys while Chinese punctuation is on
const LOOSE = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select";
const help = document.getElementById("help");
let first = "";
let patience = 0;

function isTyping(target) {
  return target.isContentEditable || Boolean(target.closest?.(LOOSE));
}

function isOff() {
  try {
    return localStorage.getItem("keys") === "off";
  } catch {
    return false;
  }
}

function declared(attribute, keys) {
  return document.querySelector(`[data-keys${attribute}="${CSS.escape(keys)}"]`);
}

function use(element) {
  if (element.matches(LOOSE)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function row() {
  return document.activeElement?.closest?.("tr[data-href]");
}

function walk(step) {
  const all = [...document.querySelectorAll("main tr[data-href]")];
  const here = all.indexOf(row());
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  const found = all[Math.max(0, Math.min(all.length - 1, next))];
  if (found) {
    found.tabIndex = -1;
    found.focus();
    found.scrollIntoView({ block: "nearest" });
  }
}

const HELD = {
  j: () => walk(1),
  k: () => walk(-1),
  x: () => row()?.querySelector("input[type=checkbox]")?.click(),
  o: () => row()?.click(), // js/tables.js goes there
};

function press(event) {
  const key = SAME[event.key] ?? event.key;
  const found = declared("", first ? `${first} ${key}` : key);
  clearTimeout(patience);
  if (found) {
    event.preventDefault();
    use(found);
  } else if (!first && declared("^", `${key} `)) {
    first = key;
    patience = setTimeout(() => (first = ""), PATIENCE);
    return;
  } else {
    HELD[key]?.();
  }
  first = "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) {
    return;
  }
  if (isTyping(event.target)) {
    event.key === "Escape" && event.target.blur();
  } else if (event.key === "Enter" && event.target.matches("tr[data-href]")) {
    event.preventDefault();
    event.target.click();
  } else if (!isOff()) {
    press(event);
  }
});

// The help: what this page has, and the switch.
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
    help.querySelector("[data-keys-off]").checked = isOff();
    help.showModal();
  }
});

help?.querySelector("[data-keys-off]").addEventListener("change", (event) => {
  try {
    localStorage.setItem("keys", event.target.checked ? "off" : "on");
  } catch {
    // Storage may be forbidden; then the keys stay.
  }
});
