// Joins the parts of the page; decides nothing.

import { startChat } from "./chat.js";
import { startComposer } from "./composer.js";
import { listenForEscape } from "./dismiss.js";
import { startFrame } from "./frame.js";
import { startOpeners } from "./openers.js";
import { startPeople } from "./people.js";
import { startScenes } from "./scenes.js";
import { rememberSelection, restoreSelection } from "./selection.js";
import { connect } from "./sync.js";
import { startTraffic } from "./traffic.js";

listenForEscape();
startFrame();
startOpeners();
startPeople();
startScenes();
startChat();
startComposer();
startTraffic();
restoreSelection();
rememberSelection();
connect();
