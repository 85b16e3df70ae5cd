// Our own line drawings on a 24-unit grid; presentation attributes only, so a strict CSP is content.

const SVG = "http://www.w3.org/2000/svg";

const STROKES = {
  back: ["M15 5l-7 7 7 7"],
  next: ["M9 5l7 7-7 7"],
  target: ["M12 4a8 8 0 100 16 8 8 0 000-16z", "M12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z"],
  bell: ["M6.5 16.5V11a5.5 5.5 0 0111 0v5.5l1.5 2H5z", "M10 21h4"],
  scene: ["M4 5h16v11H4z", "M9 20h6", "M12 16v4", "M10 8.5l4 2-4 2z"],
  sliders: ["M4 8h9", "M17 8h3", "M15 6v4", "M4 16h3", "M11 16h9", "M9 14v4"],
  more: ["M5.5 12h.01", "M12 12h.01", "M18.5 12h.01"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  plus: ["M12 5v14", "M5 12h14"],
  plusRound: ["M12 3a9 9 0 100 18 9 9 0 000-18z", "M12 8v8", "M8 12h8"],
  keyboard: ["M3 6.5h18v11H3z", "M6.5 10h.01", "M10 10h.01", "M14 10h.01", "M17.5 10h.01", "M8 14h8"],
  menu: ["M5 7h14", "M5 12h14", "M5 17h14"],
  photo: ["M3.5 5.5h17v13h-17z", "M4 16l5-5 4 4 2.5-2.5 4.5 4", "M15.5 9h.01"],
  pin: [
    "M12 21c-4-5-6.5-8-6.5-11.5a6.5 6.5 0 0113 0C18.5 13 16 16 12 21z",
    "M12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  ],
  scan: ["M4 8V4h4", "M16 4h4v4", "M20 16v4h-4", "M8 20H4v-4", "M4 12h16"],
  mic: ["M12 3.5a3 3 0 013 3v5a3 3 0 01-6 0v-5a3 3 0 013-3z", "M6 11.5a6 6 0 0012 0", "M12 17.5V21"],
  link: ["M10 14a4 4 0 006 .4l3-3a4 4 0 00-5.7-5.7L12 7", "M14 10a4 4 0 00-6-.4l-3 3a4 4 0 005.7 5.7L12 17"],
  search: ["M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13z", "M15.5 15.5L20 20"],
  play: ["M8 5.5l11 6.5-11 6.5z"],
  pause: ["M8.5 5.5v13", "M15.5 5.5v13"],
  music: [
    "M9 18V6l10-2v12",
    "M6.5 20.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
    "M16.5 18.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  ],
  voice: ["M7 10a3.5 3.5 0 010 4", "M10.5 7.5a7 7 0 010 9", "M14 5a11 11 0 010 14"],
  mini: [
    "M5 5h5.5v5.5H5z",
    "M13.5 13.5H19V19h-5.5z",
    "M5 13.5h5.5V19H5z",
    "M16.25 4.2a3.05 3.05 0 100 6.1 3.05 3.05 0 000-6.1z",
  ],
  official: ["M4 10.5V20h16v-9.5", "M3 10.5L12 4l9 6.5", "M9.5 20v-6h5v6"],
  out: ["M5 12h13", "M13 7l5 5-5 5"],
  in: ["M19 12H6", "M11 7l-5 5 5 5"],
  trash: ["M5 7h14", "M9.5 7V4.5h5V7", "M7 7l1 13h8l1-13", "M10.5 11v5.5", "M13.5 11v5.5"],
  copy: ["M8.5 8.5h11v11h-11z", "M15.5 8.5v-4h-11v11h4"],
  clock: ["M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z", "M12 7.5V12l3 2"],
  fault: ["M13 3L5.5 13.5H12L11 21l7.5-10.5H12z"],
  down: ["M6 9.5l6 6 6-6"],
  open: ["M14 4.5h5.5V10", "M19.5 4.5L11 13", "M18 14v5.5H4.5V6H10"],
  person: ["M12 4a4 4 0 100 8 4 4 0 000-8z", "M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6"],
  phone: ["M7 3h10v18H7z", "M11 18h2"],
  traffic: ["M4 9h14", "M14 5l4 4-4 4", "M20 15H6", "M10 11l-4 4 4 4"],
};

export function icon(name, size = 22) {
  const svg = svgNode("svg", {
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    "aria-hidden": "true",
    class: `icon icon-${name}`,
  });
  const bold = name === "more" ? 3 : 1.7;
  const group = svgNode("g", {
    fill: "none",
    stroke: "currentColor",
    "stroke-width": bold,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  group.append(...STROKES[name].map((d) => svgNode("path", { d })));
  svg.append(group);
  return svg;
}

export function svgNode(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
