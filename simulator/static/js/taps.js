// What tapping inside a message does; one table for texts and cards.

import { answerMenu, scan } from "./actions.js";
import { openAddress, openMiniProgram } from "./openers.js";

const MINI_LINK = /^https:\/\/wxaurl\.cn\//i;

/** WeChat opens a mini-program's URL link as it opens its code; the simulator knows which page it is. */
const open = (address) => (MINI_LINK.test(address) ? scan(address) : openAddress(address));

export const taps = { open, mini: openMiniProgram, answer: answerMenu };
