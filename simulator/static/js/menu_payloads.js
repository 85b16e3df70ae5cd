// Menu buttons that need something first: a code, pictures or a place. The sheet is the same as behind "+".

import { pressMenu, sendImage } from "./actions.js";
import { openLocationSheet } from "./sheet_location.js";
import { openPhotoSheet } from "./sheet_photo.js";
import { openScanSheet } from "./sheet_scan.js";

export const sendMenuScan = (path) => openScanSheet((text) => pressMenu(path, { scan: { text } }));
export const sendMenuLocation = (path) => openLocationSheet((place) => pressMenu(path, { location: place }));
export const sendMenuPictures = (path) =>
  openPhotoSheet(async (file) => (await pressMenu(path, { pictures: { count: 1 } })) && sendImage(file));
