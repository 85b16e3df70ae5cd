// Choosing a photo: three drawn samples, or a file of one's own.

import { sendImage } from "./actions.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { SAMPLES, sampleFile } from "./samples.js";
import { closeSheet, openSheet } from "./sheets.js";
import { toast } from "./toasts.js";

const LARGEST = 10 * 1024 * 1024;
const THUMBNAIL = { width: 240, height: 180 };

/** `use` takes the chosen File; without one it is sent as a message. */
export function openPhotoSheet(use = sendImage) {
  const choose = (file) => {
    closeSheet();
    return use(file);
  };
  const input = el("input", {
    class: "visually-hidden",
    type: "file",
    accept: "image/jpeg,image/png,image/gif,image/bmp",
    tabindex: "-1",
    "aria-hidden": "true",
    testid: "photo-file",
    onchange: () => take(input, choose),
  });
  openSheet({
    title: "发照片",
    testid: "sheet-photo",
    content: [
      el("p", { class: "sheet-note" }, "点一张画好的样片，马上发出："),
      el(
        "div",
        { class: "samples" },
        SAMPLES.map((sample, index) => sampleTile(sample, index, choose)),
      ),
      input,
      button(
        "",
        () => input.click(),
        { class: "button button-wide", testid: "photo-browse" },
        icon("photo", 20),
        "从电脑里选一张照片",
      ),
    ],
  });
}

function sampleTile(sample, index, choose) {
  const canvas = el("canvas", { ...THUMBNAIL, "aria-hidden": "true" });
  sample.draw(canvas);
  const run = async () => choose(await sampleFile(sample));
  return button(
    "",
    run,
    { class: "sample", testid: `sample-photo-${index}` },
    canvas,
    el("span", {}, sample.label),
  );
}

function take(input, choose) {
  const file = input.files[0];
  if (!file) return undefined;
  if (!file.type.startsWith("image/")) return toast("这不是图片，请另选一个文件。", "error");
  if (file.size > LARGEST) return toast("图片超过 10 MB，请选小一点的。", "error");
  return choose(file);
}
