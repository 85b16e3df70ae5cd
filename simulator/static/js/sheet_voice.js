// 语音: canned recordings in the phone's own format, or a sound file of one's own.

import { sendVoice } from "./actions.js";
import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheets.js";

// AMR is a header and one frame each 20 ms; 0x7c is the standard's frame "nothing was said".
const AMR_HEADER = "#!AMR\n";
const FRAMES_PER_SECOND = 50;
const SILENT_FRAME = 0x7c;
const CANNED = [2, 8];

export function openVoiceSheet() {
  const choose = (file) => {
    closeSheet();
    return sendVoice(file);
  };
  const input = el("input", {
    class: "visually-hidden",
    type: "file",
    accept: "audio/*,.amr",
    tabindex: "-1",
    "aria-hidden": "true",
    testid: "voice-file",
    onchange: () => input.files[0] && choose(input.files[0]),
  });
  openSheet({
    title: "发语音",
    testid: "sheet-voice",
    content: [
      el("p", { class: "sheet-note" }, "录好的无声语音，AMR 格式，与手机上录的一样："),
      el(
        "div",
        { class: "choices" },
        CANNED.map((seconds, index) =>
          button(
            "",
            () => choose(silence(seconds)),
            { class: "choice choice-row", testid: `voice-${index}` },
            icon("mic", 20),
            `${seconds} 秒语音`,
          ),
        ),
      ),
      input,
      button(
        "",
        () => input.click(),
        { class: "button button-wide" },
        icon("voice", 20),
        "从电脑里选一个声音文件",
      ),
    ],
  });
}

function silence(seconds) {
  const frames = new Uint8Array(seconds * FRAMES_PER_SECOND).fill(SILENT_FRAME);
  return new File([AMR_HEADER, frames], `voice-${seconds}s.amr`, { type: "audio/amr" });
}
