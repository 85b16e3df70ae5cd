// Strokes for the drawn samples: a pen is a canvas context scaled to the grid of 480 × 360.

export function caption(pen, text) {
  box(pen, "rgba(0,0,0,.42)", 0, 328, 480, 32);
  pen.fillStyle = "#fff";
  pen.font = '17px "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
  pen.fillText(text, 14, 350);
}

export function box(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

export const disc = (pen, colour, x, y, radius) => oval(pen, colour, x, y, radius, radius);

export function oval(pen, colour, x, y, wide, high) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
  pen.fill();
}

export function ringLine(pen, colour, x, y, wide, high) {
  pen.strokeStyle = colour;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
  pen.stroke();
}

export function shape(pen, colour, points) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.fill();
}

export function line(pen, colour, width, points) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
