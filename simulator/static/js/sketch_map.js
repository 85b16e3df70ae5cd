// A sketch of where the spots lie to one another. A press chooses the point under the finger.

import { svgNode } from "./icons.js";

const WIDTH = 340;
const HEIGHT = 128;
const EDGE = 18;
const SMALLEST_SPAN = 0.01;

/** `choose` takes {latitude, longitude} of the pressed point. */
export function sketchMap(spots, choose) {
  const frame = frameOf(spots);
  const map = svgNode("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: "sketch-map",
    role: "img",
    "aria-label": "地点示意图，点一下取坐标",
  });
  const pin = svgNode("path", {
    d: "M0 0c-7-9-11-13-11-20a11 11 0 0122 0c0 7-4 11-11 20z",
    class: "map-pin",
    visibility: "hidden",
  });
  map.append(...streets(), ...spots.map((spot) => dot(frame, spot)), pin);
  map.addEventListener("click", (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    pin.setAttribute("transform", `translate(${point.x} ${point.y})`);
    pin.setAttribute("visibility", "visible");
    choose(frame.toPlace(point));
  });
  return map;
}

function frameOf(spots) {
  const [south, north] = range(
    spots.map(({ latitude }) => latitude),
    39.9,
  );
  const [west, east] = range(
    spots.map(({ longitude }) => longitude),
    116.4,
  );
  return {
    toPoint: ({ latitude, longitude }) => ({
      x: EDGE + ((longitude - west) / (east - west)) * (WIDTH - 2 * EDGE),
      y: HEIGHT - EDGE - ((latitude - south) / (north - south)) * (HEIGHT - 2 * EDGE),
    }),
    toPlace: ({ x, y }) => ({
      longitude: west + ((x - EDGE) / (WIDTH - 2 * EDGE)) * (east - west),
      latitude: south + ((HEIGHT - EDGE - y) / (HEIGHT - 2 * EDGE)) * (north - south),
    }),
  };
}

function range(values, fallback) {
  const low = values.length ? Math.min(...values) : fallback;
  const high = values.length ? Math.max(...values) : fallback;
  const spare = Math.max(0, SMALLEST_SPAN - (high - low)) / 2;
  return [low - spare, high + spare];
}

function streets() {
  return [
    svgNode("rect", { width: WIDTH, height: HEIGHT, class: "map-land" }),
    svgNode("path", { d: "M0 96C70 74 130 128 200 108S300 92 340 104V128H0z", class: "map-water" }),
    svgNode("rect", { x: 214, y: 16, width: 70, height: 34, rx: 6, class: "map-park" }),
    svgNode("path", { d: "M0 62L340 44M84 0L70 128M196 0L206 128M304 0L296 128", class: "map-road" }),
    svgNode("path", { d: "M0 26L340 14M138 0L130 128M252 0L250 128", class: "map-lane" }),
  ];
}

function dot(frame, spot) {
  const { x, y } = frame.toPoint(spot);
  const mark = svgNode("circle", { cx: x, cy: y, r: 3.6, class: "map-dot" });
  const title = svgNode("title", {});
  title.textContent = spot.label;
  mark.append(title);
  return mark;
}
