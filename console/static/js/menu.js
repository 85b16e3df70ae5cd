// The navigation on a phone, and menus that are <details>: both close with Esc and with a click elsewhere.
const button = document.querySelector("[data-menu]");
const navigation = document.getElementById("navigation");

function turn(open) {
  if (!button || !navigation) {
    return;
  }
  button.setAttribute("aria-expanded", String(open));
  navigation.toggleAttribute("data-open", open);
  if (open) {
    navigation.querySelector("a")?.focus();
  }
}

function isOpen() {
  return button?.getAttribute("aria-expanded") === "true";
}

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.who[open], details.menu[open]")) {
    if (menu !== but) {
      menu.open = false;
    }
  }
}

button?.addEventListener("click", () => turn(!isOpen()));

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details"));
  if (isOpen() && !event.target.closest("#navigation, [data-menu]")) {
    turn(false);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  const menu = event.target.closest?.("details[open]");
  closeMenus(null);
  menu?.querySelector("summary")?.focus();
  if (isOpen()) {
    turn(false);
    button.focus();
  }
});
