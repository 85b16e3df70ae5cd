// To the clipboard, where the browser allows it.

import { toast } from "./toasts.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("已复制");
  } catch {
    toast("浏览器不让复制，请手动选择文字。", "error");
  }
}
