// Lists. A row that leads somewhere is clicked as a whole, and found again when she comes back. Each cell learns its
// head, for a phone where the heads are not seen.
const LAST = "row";

function teach() {
  for (const table of document.querySelectorAll("table.list")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, at) => (cell.dataset.label ??= heads[at] ?? ""));
    }
  }
}

function keep(href) {
  try {
    sessionStorage.setItem(LAST, href);
  } catch {
    // Storage may be forbidden; then she starts at the first row again.
  }
}

function find() {
  try {
    const last = sessionStorage.getItem(LAST);
    return last && document.querySelector(`main tr[data-href="${CSS.escape(last)}"]`);
  } catch {
    return null;
  }
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("button, input, select, label, summary, form")) {
    return;
  }
  keep(row.dataset.href);
  // Words that were just chosen with the mouse are not a click; a key is always one.
  if (event.target.closest("a") || (event.detail && String(getSelection()))) {
    return;
  }
  if (event.ctrlKey || event.metaKey) {
    open(row.dataset.href, "_blank", "noopener");
  } else {
    location.assign(row.dataset.href);
  }
});

addEventListener("pageshow", () => {
  const row = performance.getEntriesByType("navigation")[0]?.type === "back_forward" && find();
  if (row) {
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }
});

document.addEventListener("htmx:afterSettle", teach);
teach();
