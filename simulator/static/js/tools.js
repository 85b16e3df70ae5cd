// The bar under the traffic: the pretend clock, and the door to the platform's faults.

import { api } from "./api.js";
import { button, el, fill } from "./dom.js";
import { openFaults } from "./faults.js";
import { openSettings } from "./settings.js";
import { dayAndTime, offsetWords } from "./format.js";
import { icon } from "./icons.js";
import { now, on, state, tell } from "./state.js";
import { attempt } from "./toasts.js";

const HOUR = 3600;
const STEPS = [
  ["+1 小时", { advance: HOUR }, "hour"],
  ["+1 天", { advance: 24 * HOUR }, "day"],
  ["复位", { reset: true }, "reset"],
];
const AGREES_WITHIN_S = 30;
const TICK_MS = 5000;

export function toolBar() {
  const face = el("span", { class: "clock-face", testid: "clock" });
  const faults = button("", openFaults, { class: "button fault-button", testid: "faults" });
  const showFaults = (count = 0) =>
    fill(
      faults,
      icon("fault", 17),
      "平台故障",
      count > 0 && el("span", { class: "badge badge-danger" }, String(count)),
    );
  const showClock = () => drawClock(face);
  on("clock", showClock);
  on("faults", showFaults);
  setInterval(showClock, TICK_MS);
  showFaults();
  return el(
    "div",
    { class: "tool-bar" },
    el("div", { class: "clock" }, icon("clock", 19), face),
    el(
      "div",
      { class: "clock-steps", role: "group", "aria-label": "时间" },
      STEPS.map(([label, change, name]) =>
        button(label, () => setClock(change), {
          class: "button button-small",
          testid: `clock-${name}`,
          "aria-label": `时间${label}`,
        }),
      ),
    ),
    el(
      "div",
      { class: "tool-doors" },
      button(
        "",
        openSettings,
        { class: "button fault-button", testid: "settings" },
        icon("sliders", 17),
        "设置",
      ),
      faults,
    ),
  );
}

function drawClock(face) {
  const seconds = state.clockOffset / 1000;
  const words = Math.abs(seconds) > AGREES_WITHIN_S ? offsetWords(seconds) : "";
  fill(face, dayAndTime(now()), words && el("small", {}, words));
}

async function setClock(change) {
  const answer = await attempt(() => api.setClock(change));
  if (!answer) return;
  state.clockOffset = Date.parse(answer.now) - Date.now();
  tell("clock");
}
