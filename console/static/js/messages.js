// Messages: closing one, and saying what the server could not say because nothing came back.
const SILENT = "没有连上服务器，请检查网络后再试。";
const WORDLESS = "没有办成，请刷新页面后再试。";
const place = document.getElementById("messages");

function say(words) {
  const message = document.createElement("div");
  const line = document.createElement("p");
  message.className = "message message-bad";
  message.setAttribute("role", "alert");
  line.textContent = words;
  message.append(line);
  place?.replaceChildren(message);
  show();
}

function show() {
  place?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".message")?.remove();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status >= 400) {
    place?.querySelector(".message") ? show() : say(WORDLESS);
  }
});
document.addEventListener("htmx:sendError", () => say(SILENT));
document.addEventListener("htmx:timeout", () => say(SILENT));
