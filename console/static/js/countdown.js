// How long something is still good: the words of [data-countdown] become minutes and seconds, and then [data-over].
for (const element of document.querySelectorAll("[data-countdown]")) {
  const ends = Date.now() + Number(element.dataset.countdown) * 1000;
  const rest = element.textContent.replace(/^\d+ 分钟内有效/, "内有效");
  const tick = () => {
    const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
    if (seconds === 0) {
      element.textContent = element.dataset.over;
      document.querySelector(".big-code")?.remove();
      clearInterval(timer);
      return;
    }
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    element.textContent = `${clock} ${rest}`;
  };
  const timer = setInterval(tick, 1000);
  tick();
}
