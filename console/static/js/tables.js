// Rows that lead somewhere are clicked as a whole, and each cell learns its head, for a phone where the heads are not
// seen.
function teach(table) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, at) => cell.dataset.label === undefined && (cell.dataset.label = heads[at] ?? ""));
  }
}

function teachAll() {
  document.querySelectorAll("table.list").forEach(teach);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  const chosen = String(getSelection());
  if (row && !chosen && !event.target.closest("a, button, input, select, label, summary, details, form")) {
    location.assign(row.dataset.href);
  }
});
document.addEventListener("htmx:afterSettle", teachAll);
teachAll();
