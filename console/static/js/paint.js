// Runs before the first paint, so it is no module and stands in the head: the theme somebody chose, else the system's.
(function () {
  "use strict";
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") || "";
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
