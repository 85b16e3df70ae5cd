// Messages: closing one, and saying what the server could not say because nothing came back.
const SILENT = "没有连上服务器，请检查网络后再试。";

function say(words) {
  const place = document.getElementById("messages");
  const message = document.createElement("div");
  const line = document.createElement("p");
  message.className = "message message-bad";
  message.setAttribute("role", "alert");
  line.textContent = words;
  message.append(line);
  place?.replaceChildren(message);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".message")?.remove();
});
document.addEventListener("htmx:sendError", () => say(SILENT));
document.addEventListener("htmx:timeout", () => say(SILENT));
