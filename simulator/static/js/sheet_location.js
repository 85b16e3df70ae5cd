// Choosing a place: a spot from the street's list, a point on the sketch, or coordinates typed in (WGS84).

import { sendLocation } from "./actions.js";
import { button, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheets.js";
import { sketchMap } from "./sketch_map.js";
import { state } from "./state.js";
import { toast } from "./toasts.js";

/** `use` takes {latitude, longitude, label}; without one it is sent as a message. */
export function openLocationSheet(use = sendLocation) {
  const choose = (place) => {
    closeSheet();
    return use(place);
  };
  const list = el("ul", { class: "option-list spot-list", "aria-label": "地点" });
  const search = el("input", {
    class: "field",
    type: "search",
    placeholder: "找地点",
    "aria-label": "找地点",
    testid: "spot-search",
    oninput: () => showSpots(list, search.value.trim(), choose),
  });
  const free = freeForm(choose);
  showSpots(list, "", choose);
  openSheet({
    title: "发位置",
    testid: "sheet-location",
    content: [sketchMap(state.spots, free.set), search, list, free.form],
  });
}

function showSpots(list, wanted, choose) {
  // The number of a spot is its place in the whole list, so it does not change while searching.
  const shown = state.spots
    .map((spot, index) => [spot, index])
    .filter(([{ label }]) => label.includes(wanted));
  fill(
    list,
    shown.map(([spot, index]) => el("li", {}, spotButton(spot, index, choose))),
    shown.length === 0 && el("li", { class: "option-empty" }, "没有这个地点，可以在下面填坐标。"),
  );
}

function spotButton(spot, index, choose) {
  return button(
    "",
    () => choose(spot),
    { class: "option", testid: `spot-${index}` },
    icon("pin", 20),
    el(
      "span",
      { class: "option-text" },
      spot.label,
      el("small", {}, `${spot.latitude.toFixed(4)}, ${spot.longitude.toFixed(4)}`),
    ),
  );
}

function freeForm(choose) {
  const latitude = coordinate("纬度", 90, "free-latitude");
  const longitude = coordinate("经度", 180, "free-longitude");
  const label = el("input", {
    class: "field",
    type: "text",
    maxlength: "60",
    placeholder: "地点的名称（可不填）",
    "aria-label": "地点的名称",
    testid: "free-label",
  });
  const submit = (event) => {
    event.preventDefault();
    const place = {
      latitude: Number(latitude.value),
      longitude: Number(longitude.value),
      label: label.value.trim() || "地图上的位置",
    };
    if (latitude.value === "" || longitude.value === "") return toast("请在图上点一下，或填写纬度和经度。");
    return choose(place);
  };
  const form = el(
    "form",
    { class: "free-place", onsubmit: submit },
    el("p", { class: "sheet-note" }, "或者在图上点一下，或填 WGS84 坐标："),
    el("div", { class: "field-row" }, latitude, longitude),
    el(
      "div",
      { class: "field-row" },
      label,
      el("button", { type: "submit", class: "button", testid: "free-send" }, "发送这里"),
    ),
  );
  const set = (place) => {
    latitude.value = place.latitude.toFixed(6);
    longitude.value = place.longitude.toFixed(6);
  };
  return { form, set };
}

function coordinate(name, limit, testid) {
  return el("input", {
    class: "field",
    type: "number",
    step: "any",
    min: -limit,
    max: limit,
    placeholder: name,
    "aria-label": name,
    testid,
  });
}
