// Pictures and sounds in the conversation. One sound plays at a time.

import { coverPicture } from "./cards.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { openPicture } from "./openers.js";
import { safeSource } from "./richtext.js";
import { toast } from "./toasts.js";

let playing = null;

export function imageBubble({ url, by }) {
  const source = safeSource(url);
  const missing = el("span", { class: "image-missing" }, icon("photo", 30), "图片已失效");
  if (!source) return missing;
  const label = by === "person" ? "发出的图片" : "收到的图片";
  const frame = button(
    "",
    () => openPicture(source, label),
    { class: "image-bubble", "aria-label": `${label}，点开看大图` },
    el("img", { src: source, alt: "", onerror: () => frame.replaceWith(missing) }),
  );
  return frame;
}

export function voiceBubble({ url, by }) {
  const node = button(
    "",
    () => play(url, node),
    { class: `bubble voice-bubble voice-${by}`, testid: "card-voice", "aria-label": "播放语音" },
    icon("voice", 20),
    el("span", {}, "语音"),
  );
  return node;
}

export function musicCard({ title, description, url }) {
  const node = button(
    "",
    () => play(url, node),
    { class: "card music-card", testid: "card-music", "aria-label": `播放音乐：${title ?? ""}` },
    el(
      "span",
      { class: "music-card-words" },
      el("strong", {}, title || "音乐"),
      el("small", {}, description || ""),
    ),
    el("span", { class: "music-card-mark" }, icon("music", 26)),
  );
  return node;
}

export function videoBubble({ url, title, description }) {
  const source = safeSource(url);
  const start = button(
    "",
    () => playVideo(holder, source),
    { class: "video-start", "aria-label": `播放视频：${title ?? ""}` },
    coverPicture(null, "video-cover"),
    el("span", { class: "video-mark" }, icon("play", 26)),
  );
  const holder = el(
    "div",
    { class: "card video-card", testid: "card-video" },
    start,
    title && el("strong", {}, title),
    description && el("small", {}, description),
  );
  return holder;
}

function playVideo(holder, source) {
  if (!source) return toast("这段视频没有地址。", "error");
  const video = el("video", {
    class: "video-cover",
    src: source,
    controls: true,
    onerror: () => toast("浏览器放不了这段视频。", "error"),
  });
  holder.firstChild.replaceWith(video);
  return video.play().catch(() => {});
}

function play(url, node) {
  const again = playing?.node === node;
  stop();
  if (again) return;
  const source = safeSource(url);
  if (!source) return toast("这段声音没有地址。", "error");
  const audio = new Audio(source);
  playing = { audio, node };
  node.classList.add("playing");
  audio.addEventListener("ended", stop);
  audio.play().catch(() => {
    // A real phone records AMR, which no browser plays.
    if (playing?.audio === audio) toast("浏览器放不了这段声音（手机录的 AMR 格式放不了）。");
    if (playing?.audio === audio) stop();
  });
}

function stop() {
  playing?.audio.pause();
  playing?.node.classList.remove("playing");
  playing = null;
}
