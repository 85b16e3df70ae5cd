// Three drawn "photos" of ordinary street matters, so that a report needs no file. Drawn on a grid of 480 × 360.

import { box, caption, disc, line, oval, ringLine, shape } from "./pen.js";

const GRID = { width: 480, height: 360 };
const FILE_SCALE = 2;
const JPEG_QUALITY = 0.88;

export const SAMPLES = [
  { name: "streetlight", label: "路灯不亮", draw: scaled(drawStreetlight) },
  { name: "manhole", label: "井盖破损", draw: scaled(drawManhole) },
  { name: "rubbish", label: "垃圾堆放", draw: scaled(drawRubbish) },
];

export async function sampleFile(sample) {
  const canvas = document.createElement("canvas");
  canvas.width = GRID.width * FILE_SCALE;
  canvas.height = GRID.height * FILE_SCALE;
  sample.draw(canvas);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  return new File([blob], `${sample.name}.jpg`, { type: "image/jpeg" });
}

function scaled(draw) {
  return (canvas) => {
    const pen = canvas.getContext("2d");
    pen.setTransform(canvas.width / GRID.width, 0, 0, canvas.height / GRID.height, 0, 0);
    draw(pen);
  };
}

function drawStreetlight(pen) {
  const sky = pen.createLinearGradient(0, 0, 0, 300);
  sky.addColorStop(0, "#141a33");
  sky.addColorStop(1, "#39406a");
  box(pen, sky, 0, 0, 480, 360);
  disc(pen, "#e8e3c8", 70, 62, 22);
  disc(pen, "#1c2240", 80, 56, 20);
  for (const [x, y] of [
    [140, 40],
    [210, 78],
    [250, 30],
    [420, 60],
    [30, 130],
    [180, 120],
  ])
    disc(pen, "#c9cce0", x, y, 1.6);
  buildings(pen);
  box(pen, "#20242f", 0, 288, 480, 72);
  for (let x = 10; x < 480; x += 90) box(pen, "#4a4f5e", x, 322, 46, 5);
  box(pen, "#0d1019", 334, 96, 9, 200);
  arm(pen);
  caption(pen, "桂花巷 3 号楼前 · 路灯不亮");
}

function buildings(pen) {
  for (const [x, y, width] of [
    [0, 150, 92],
    [100, 182, 76],
    [184, 136, 84],
    [276, 196, 70],
    [388, 160, 92],
  ]) {
    box(pen, "#232a49", x, y, width, 300 - y);
    for (let row = y + 14; row < 270; row += 26) {
      for (let column = x + 10; column < x + width - 12; column += 20) {
        box(pen, (row * 7 + column * 3) % 5 === 0 ? "#f0c86a" : "#31395e", column, row, 10, 13);
      }
    }
  }
}

function arm(pen) {
  line(pen, "#0d1019", 7, [
    [338, 100],
    [318, 82],
    [272, 82],
  ]);
  shape(pen, "#0d1019", [
    [238, 78],
    [282, 78],
    [276, 92],
    [230, 92],
  ]);
  box(pen, "#4b5066", 236, 91, 36, 4);
  // The dark lamp is the matter: a dashed cone where the light should be.
  pen.setLineDash([6, 8]);
  line(pen, "rgba(255,255,255,.32)", 1.6, [
    [234, 98],
    [186, 286],
  ]);
  line(pen, "rgba(255,255,255,.32)", 1.6, [
    [272, 98],
    [322, 286],
  ]);
  pen.setLineDash([]);
}

function drawManhole(pen) {
  box(pen, "#7c7f83", 0, 0, 480, 360);
  speckle(pen, ["#8b8e92", "#6d7074", "#909396"]);
  box(pen, "#d8d4c4", 0, 20, 480, 12);
  oval(pen, "#5f6266", 240, 200, 156, 104);
  oval(pen, "#3f4246", 240, 196, 142, 94);
  oval(pen, "#565a5f", 240, 192, 132, 86);
  for (let ring = 1; ring <= 3; ring += 1) ringLine(pen, "#44484c", 240, 192, 36 * ring, 23 * ring);
  for (let spoke = 0; spoke < 12; spoke += 1) {
    const turn = (spoke * Math.PI) / 6;
    line(pen, "#44484c", 3, [
      [240 + 36 * Math.cos(turn), 192 + 23 * Math.sin(turn)],
      [240 + 126 * Math.cos(turn), 192 + 82 * Math.sin(turn)],
    ]);
  }
  shape(pen, "#15171a", [
    [240, 196],
    [276, 176],
    [330, 168],
    [366, 200],
    [346, 240],
    [292, 262],
    [262, 236],
  ]);
  line(pen, "#24272a", 4, [
    [240, 196],
    [206, 176],
    [190, 140],
    [160, 128],
  ]);
  line(pen, "#24272a", 3, [
    [206, 176],
    [172, 190],
    [130, 186],
  ]);
  line(pen, "#5a5d61", 3, [
    [366, 200],
    [410, 186],
    [452, 196],
  ]);
  caption(pen, "柳浪路口 · 井盖破损");
}

function drawRubbish(pen) {
  box(pen, "#cfd9dd", 0, 0, 480, 360);
  bricks(pen);
  box(pen, "#9da39b", 0, 262, 480, 98);
  bin(pen, "#2f7d57", 52);
  bin(pen, "#45607f", 150);
  bag(pen, "#22262b", 292, 286, 60);
  bag(pen, "#343a41", 372, 296, 50);
  bag(pen, "#f0efe9", 330, 308, 40);
  shape(pen, "#b98a55", [
    [216, 268],
    [272, 258],
    [280, 314],
    [222, 322],
  ]);
  line(pen, "#93693a", 3, [
    [218, 290],
    [276, 282],
  ]);
  disc(pen, "#c9493c", 426, 322, 9);
  shape(pen, "#7fb4d8", [
    [184, 322],
    [212, 316],
    [214, 326],
    [186, 332],
  ]);
  shape(pen, "#e3c650", [
    [252, 332],
    [284, 326],
    [288, 340],
    [258, 344],
  ]);
  caption(pen, "荷塘社区东门 · 垃圾堆放");
}

function bricks(pen) {
  for (let row = 0; row < 9; row += 1) {
    for (let column = -1; column < 9; column += 1) {
      box(
        pen,
        (row * 3 + column * 5) % 4 === 0 ? "#c08f77" : "#c99a82",
        column * 60 + (row % 2) * 30,
        row * 29,
        57,
        26,
      );
    }
  }
}

function bin(pen, colour, x) {
  shape(pen, colour, [
    [x, 176],
    [x + 84, 176],
    [x + 76, 304],
    [x + 8, 304],
  ]);
  shape(pen, "rgba(0,0,0,.18)", [
    [x + 54, 176],
    [x + 84, 176],
    [x + 76, 304],
    [x + 52, 304],
  ]);
  shape(pen, colour, [
    [x - 8, 178],
    [x + 4, 148],
    [x + 82, 136],
    [x + 94, 164],
  ]);
  ringLine(pen, "rgba(255,255,255,.7)", x + 38, 236, 14, 14);
  for (const wheel of [x + 18, x + 66]) disc(pen, "#24282c", wheel, 306, 8);
}

function bag(pen, colour, x, y, size) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x, y - size);
  pen.bezierCurveTo(x + size * 0.9, y - size * 0.7, x + size, y + size * 0.4, x + size * 0.6, y + size * 0.5);
  pen.lineTo(x - size * 0.6, y + size * 0.5);
  pen.bezierCurveTo(x - size, y + size * 0.4, x - size * 0.9, y - size * 0.7, x, y - size);
  pen.fill();
  shape(pen, colour, [
    [x - 6, y - size + 4],
    [x - 14, y - size - 14],
    [x, y - size - 6],
    [x + 14, y - size - 14],
    [x + 6, y - size + 4],
  ]);
  line(pen, "rgba(255,255,255,.22)", 3, [
    [x - size * 0.4, y - size * 0.3],
    [x - size * 0.5, y + size * 0.2],
  ]);
}

function speckle(pen, colours) {
  // A fixed sequence, so the same sample is the same file each time.
  let seed = 7;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let grain = 0; grain < 700; grain += 1)
    box(pen, colours[grain % colours.length], next() * 480, next() * 360, 2.5, 2);
}
