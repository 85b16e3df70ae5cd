// The scenes beside 重新开始: a state of the whole world by one press.

import { api } from "./api.js";
import { openDrawer } from "./drawer.js";
import { button, byId, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { on } from "./state.js";
import { loadAll, startOver } from "./sync.js";
import { attempt, toast } from "./toasts.js";

const SPEEDS = [
  ["每秒 1 次", 1],
  ["5 次", 5],
  ["20 次", 20],
];
const BUSY = "busy day";
const CLEAN = "quiet";

const view = { items: [], playing: "", speed: 5, drawer: null };

export function startScenes() {
  byId("scenes").addEventListener("click", open);
  on("directory", () => attempt(load));
  showPlaying();
}

async function load() {
  const { items, playing, speed } = await api.scenes();
  Object.assign(view, { items, playing, speed: playing === BUSY ? speed : view.speed });
  showPlaying();
  draw();
}

function showPlaying() {
  const title = view.items.find(({ name }) => name === view.playing)?.title;
  fill(
    byId("scenes"),
    icon("scene", 16),
    "场景",
    title && el("span", { class: "badge scene-playing" }, title),
  );
}

async function open() {
  view.drawer = openDrawer({ title: "场景", testid: "scenes-drawer", onclose: () => (view.drawer = null) });
  await attempt(load);
}

function draw() {
  view.drawer?.show(
    el("p", { class: "sheet-note" }, "点一个，整个模拟世界就变成那样。会先撤掉现有的故障。"),
    el("ul", { class: "scene-list" }, view.items.map(sceneRow)),
    speedChoice(),
  );
}

function sceneRow({ name, title, about }) {
  const playing = name === view.playing;
  return el(
    "li",
    {},
    button(
      "",
      () => choose(name),
      {
        class: "scene-row",
        "aria-pressed": String(playing),
        testid: `scene-${name.replaceAll(" ", "-")}`,
      },
      el(
        "span",
        { class: "option-text" },
        el("strong", {}, title, playing && el("span", { class: "badge" }, "正在进行")),
        el("small", {}, about),
      ),
    ),
  );
}

function speedChoice() {
  const pick = (speed) => {
    view.speed = speed;
    draw();
    return view.playing === BUSY ? choose(BUSY) : undefined;
  };
  return el(
    "div",
    { class: "rate-row" },
    el("span", {}, "街坊的忙碌程度"),
    el(
      "div",
      { class: "segments", role: "group", "aria-label": "街坊每秒做几件事" },
      SPEEDS.map(([label, speed]) =>
        button(label, () => pick(speed), {
          class: "segment",
          "aria-pressed": String(speed === view.speed),
          testid: `speed-${speed}`,
        }),
      ),
    ),
  );
}

async function choose(name) {
  const done = await attempt(async () => {
    const told = await api.loadScene(name === BUSY ? { name, speed: view.speed } : { name });
    Object.assign(view, { playing: told.playing, speed: told.speed });
    await (name === CLEAN ? startOver() : loadAll());
    return true;
  });
  if (done) toast(`场景「${view.items.find((one) => one.name === name)?.title ?? name}」已开始`);
}
