// What tapping inside a message does; one table for texts and cards.

import { answerMenu } from "./actions.js";
import { openAddress, openMiniProgram } from "./openers.js";

export const taps = { open: openAddress, mini: openMiniProgram, answer: answerMenu };
