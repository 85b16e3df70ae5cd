// The switch between light and dark. js/paint.js applies what is kept here.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function show(theme) {
  root.dataset.bsTheme = theme;
  for (const words of document.querySelectorAll("[data-theme-words]")) {
    words.textContent = theme === "dark" ? "换成浅色" : "换成深色";
  }
}

function choose(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // It then lasts as long as the page.
  }
  show(theme);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    choose(root.dataset.bsTheme === "dark" ? "light" : "dark");
  }
});

system.addEventListener("change", (event) => {
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") || "";
  } catch {
    // As in choose.
  }
  if (!chosen) {
    show(event.matches ? "dark" : "light");
  }
});

// Another tab has chosen.
addEventListener("storage", (event) => {
  if (event.key === "theme" && event.newValue) {
    show(event.newValue);
  }
});

show(root.dataset.bsTheme);
