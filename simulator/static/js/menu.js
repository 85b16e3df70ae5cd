// The account's own menu bar, and what each type of button asks of the person before it is sent.

import { pressMenu } from "./actions.js";
import { popup } from "./dismiss.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { sendMenuLocation, sendMenuPictures, sendMenuScan } from "./menu_payloads.js";

const ASKS = {
  scancode_push: sendMenuScan,
  scancode_waitmsg: sendMenuScan,
  pic_sysphoto: sendMenuPictures,
  pic_photo_or_album: sendMenuPictures,
  pic_weixin: sendMenuPictures,
  location_select: sendMenuLocation,
};
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

let closeOpen = null;

/** The menu that this person sees: a conditional one may be hers. */
export function buttonsOf(chat) {
  return chat?.menu ?? [];
}

export function menuBar(chat) {
  return el(
    "div",
    { class: "menu-bar", role: "group", "aria-label": "公众号菜单" },
    buttonsOf(chat).map(topButton),
  );
}

function topButton(entry, index) {
  const items = entry.sub_button ?? [];
  const holder = el("div", { class: "menu-slot" });
  const run = () => (items.length ? toggle(holder, node, items, index) : press(entry, [index]));
  const node = button(
    "",
    run,
    {
      class: "menu-button",
      testid: `menu-${index}`,
      "aria-haspopup": items.length > 0 && "menu",
      "aria-expanded": items.length > 0 && "false",
    },
    items.length > 0 && icon("menu", 14),
    el("span", {}, entry.name),
  );
  holder.append(node);
  return holder;
}

function press(entry, path) {
  return (ASKS[entry.type] ?? pressMenu)(path);
}

function toggle(holder, opener, items, index) {
  if (opener.getAttribute("aria-expanded") === "true") return closeOpen();
  closeOpen?.();
  const list = el(
    "div",
    { class: "submenu", role: "menu", "aria-label": opener.textContent },
    items.map((entry, place) =>
      button(
        "",
        () => {
          closeOpen?.();
          press(entry, [index, place]);
        },
        { class: "submenu-item", role: "menuitem", testid: `menu-${index}-${place}` },
        el("span", {}, entry.name),
      ),
    ),
  );
  const close = popup(list, opener, () => {
    closeOpen = null;
    list.remove();
    opener.setAttribute("aria-expanded", "false");
  });
  closeOpen = close;
  list.addEventListener("keydown", moveByArrow);
  opener.setAttribute("aria-expanded", "true");
  holder.append(list);
  list.firstChild.focus();
  return undefined;
}

function moveByArrow(event) {
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  const items = [...event.currentTarget.children];
  const next = (items.indexOf(document.activeElement) + STEPS[event.key] + items.length) % items.length;
  items[next].focus();
}
