// Dialogs, and the word that has to be typed in some of them.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    document.getElementById(opener.dataset.dialog)?.showModal();
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-confirm]");
  if (form && event.target.name === "typed") {
    form.querySelector("button[type=submit]").disabled = event.target.value.trim() !== form.dataset.confirm;
  }
});
