// What every request of htmx carries: the token that proves it comes from our page.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF"] = document.querySelector('meta[name="csrf"]')?.content ?? "";
});
