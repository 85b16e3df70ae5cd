// Turns an account's text into nodes. Only <a href> is understood; anything else stays the text it is.

import { el } from "./dom.js";

const ANCHOR = /<a\b([^>]*)>([\s\S]*?)<\/a\s*>/gi;
const BARE_ADDRESS = /https?:\/\/[^\s<>"'，。；：、！？）】」》]+/gi;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " " };

/** The address if it is one a browser may open (http or https), else null. */
export function safeAddress(text) {
  const address = URL.canParse(text) ? new URL(text) : null;
  return address && ["http:", "https:"].includes(address.protocol) ? address.href : null;
}

/** A picture or sound that may be loaded: a path of the simulator itself, or http(s). */
export function safeSource(text) {
  return typeof text === "string" && /^\/(?!\/)/.test(text) ? text : safeAddress(text ?? "");
}

/** `taps` says what links do: {open(url), answer({id, content}), mini({title, appid, pagepath})}. */
export function richText(text, taps) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ANCHOR)) {
    nodes.push(
      ...withAddresses(text.slice(end, match.index), taps),
      anchor(match[1], decode(match[2]), taps),
    );
    end = match.index + match[0].length;
  }
  return [...nodes, ...withAddresses(text.slice(end), taps)];
}

export function withAddresses(text, taps) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(BARE_ADDRESS)) {
    nodes.push(
      text.slice(end, match.index),
      inlineLink(match[0], () => taps.open(match[0]), match[0]),
    );
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function anchor(attributes, label, taps) {
  const href = decode(attribute(attributes, "href"));
  const appid = attribute(attributes, "data-miniprogram-appid");
  if (appid)
    return inlineLink(label, () =>
      taps.mini({ title: label, appid, pagepath: decode(attribute(attributes, "data-miniprogram-path")) }),
    );
  const choice = menuChoice(href);
  if (choice) return inlineLink(label, () => taps.answer(choice));
  return safeAddress(href) ? inlineLink(label, () => taps.open(href), href) : label;
}

// An answer link inside a text: weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…
function menuChoice(href) {
  if (!href.startsWith("weixin://bizmsgmenu?")) return null;
  const query = new URLSearchParams(href.slice(href.indexOf("?") + 1));
  return { id: query.get("msgmenuid") ?? "", content: query.get("msgmenucontent") ?? "" };
}

// An anchor, since a button never breaks across lines as words do. Without an address it acts like a button.
function inlineLink(label, run, href) {
  const act = (event) => {
    event.preventDefault();
    run();
  };
  const onkeydown = (event) => (event.key === "Enter" || event.key === " ") && act(event);
  const manner = href
    ? { href: safeAddress(href), rel: "noopener noreferrer" }
    : { role: "button", tabindex: "0", onkeydown };
  return el("a", { class: "inline-link", title: href, onclick: act, ...manner }, label);
}

function attribute(attributes, name) {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(
    attributes,
  );
  return match ? (match[1] ?? match[2] ?? match[3]) : "";
}

function decode(text) {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity]);
}
