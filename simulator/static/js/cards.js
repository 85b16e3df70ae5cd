// Messages with a frame: place, link, article, question with answers, mini-program page.

import { button, el } from "./dom.js";
import { svgNode, icon } from "./icons.js";
import { safeSource } from "./richtext.js";
import { findAccount } from "./state.js";
import { taps } from "./taps.js";

export function locationCard({ latitude, longitude, label }) {
  const where = `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
  return el(
    "div",
    { class: "card location-card", testid: "card-location" },
    el("div", { class: "card-words" }, el("strong", {}, label || "位置"), el("small", {}, where)),
    drawnMap(Number(latitude), Number(longitude)),
  );
}

export function linkCard({ title, description, url, thumb_url: thumb }) {
  return button(
    "",
    () => taps.open(url),
    { class: "card link-card", testid: "card-link" },
    el("strong", {}, title || url),
    el(
      "span",
      { class: "link-card-row" },
      el("small", {}, description || url),
      thumb
        ? coverPicture(thumb, "link-card-mark")
        : el("span", { class: "link-card-mark" }, icon("link", 26)),
    ),
  );
}

/** The first article large, the others as lines with a small picture, as a mass message lists them. */
export function newsCard({ articles = [] }) {
  return el(
    "div",
    { class: "card news-card", testid: "card-news" },
    articles.map((one, index) => (index === 0 ? article(one, articles.length > 1) : articleLine(one))),
  );
}

export function menuCard({ head, items = [], tail }) {
  return el(
    "div",
    { class: "card menu-card", testid: "card-msgmenu" },
    head && el("p", {}, head),
    el(
      "div",
      { class: "menu-card-items" },
      items.map((item) =>
        button(item.content, () => taps.answer(item), {
          class: "menu-card-item",
          testid: `msgmenu-${item.id}`,
        }),
      ),
    ),
    tail && el("p", {}, tail),
  );
}

export function miniProgramCard(message) {
  return button(
    "",
    () => taps.mini(message),
    { class: "card mini-card", testid: "card-miniprogram" },
    el("small", { class: "mini-card-name" }, icon("mini", 15), findAccount(message.appid)?.name ?? "小程序"),
    el("strong", {}, message.title || "小程序页面"),
    message.thumb_url
      ? coverPicture(message.thumb_url, "mini-card-cover")
      : el("span", { class: "mini-card-cover" }, icon("mini", 56)),
    el("small", { class: "mini-card-foot" }, icon("mini", 13), "小程序"),
  );
}

/** A picture that may be missing: then the frame stays, with a quiet drawing in it. */
export function coverPicture(source, className) {
  const address = safeSource(source);
  const cover = el("span", { class: `${className} cover-empty` }, icon("photo", 34));
  if (!address) return cover;
  const picture = el("img", {
    class: className,
    src: address,
    alt: "",
    loading: "lazy",
    onerror: () => picture.replaceWith(cover),
  });
  return picture;
}

// Passive replies and customer-service messages say picurl and description, articles of drafts thumb_url and digest.
function article(one, several) {
  const { title, url } = one;
  const picture = one.thumb_url || one.picurl;
  const words = one.digest || one.description;
  return button(
    "",
    () => taps.open(url),
    { class: "article" },
    picture && coverPicture(picture, "article-cover"),
    el("strong", {}, title || "（没有标题）"),
    words && !several && el("small", {}, words),
  );
}

function articleLine({ title, url, thumb_url: thumb, picurl }) {
  return button(
    "",
    () => taps.open(url),
    { class: "article article-line" },
    el("strong", {}, title || "（没有标题）"),
    coverPicture(thumb || picurl, "article-thumb"),
  );
}

// Streets invented from the coordinates: the same place always looks the same, and no map server is asked.
function drawnMap(latitude, longitude) {
  const turn = (Math.abs(latitude * 7919 + longitude * 104729) % 1) * 40;
  const map = svgNode("svg", {
    viewBox: "0 0 236 104",
    class: "drawn-map",
    "aria-hidden": "true",
    preserveAspectRatio: "xMidYMid slice",
  });
  const shapes = [
    ["rect", { width: 236, height: 104, class: "map-land" }],
    [
      "path",
      {
        d: `M0 ${70 + turn / 2}C60 ${50 + turn / 2} 90 ${110 - turn} 236 ${84 - turn / 2}V104H0z`,
        class: "map-water",
      },
    ],
    ["rect", { x: 20 + turn, y: 12, width: 46, height: 28, rx: 5, class: "map-park" }],
    [
      "path",
      {
        d: `M0 ${50 - turn / 3}L236 ${30 + turn / 2}M${70 + turn} 0L${50 + turn} 104M${170 - turn / 2} 0L${186 - turn / 2} 104`,
        class: "map-road",
      },
    ],
    [
      "path",
      {
        d: `M0 ${18 + turn / 2}L${70 + turn} ${14 + turn / 2}M${112 + turn} 104L${122 + turn} 38`,
        class: "map-lane",
      },
    ],
    ["ellipse", { cx: 118, cy: 66, rx: 8, ry: 2.6, class: "map-shadow" }],
    ["path", { d: "M118 66c-9-11-14-17-14-25a14 14 0 0128 0c0 8-5 14-14 25z", class: "map-pin" }],
    ["circle", { cx: 118, cy: 41, r: 5, class: "map-pin-eye" }],
  ];
  map.append(...shapes.map(([tag, attributes]) => svgNode(tag, attributes)));
  return map;
}
