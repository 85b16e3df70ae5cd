// A QR code on the screen: hears when the phone has scanned and confirmed it. By events, or by asking every two seconds.

const SAYS = {
  waiting: "正在等您扫码，三分钟内有效。",
  scanned: "扫到了，请在手机上回复上面的话。",
  confirmed: "好了，正在进入…",
  over: "这个二维码过期了，请换一个。",
};
const AGAIN = 2000;

const shown = document.querySelector("[data-scan]");
if (shown) {
  watch(shown);
}

function watch(element) {
  const source = new EventSource(element.dataset.scan);
  source.onmessage = (event) => {
    if (hear(element, event.data)) {
      source.close();
    }
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      ask(element);
    }
  };
}

async function ask(element) {
  const answer = await fetch(element.dataset.scan, { headers: { Accept: "text/plain" } });
  if (!answer.ok || !hear(element, await answer.text())) {
    setTimeout(() => ask(element), AGAIN);
  }
}

// Whether nothing more will come.
function hear(element, state) {
  element.querySelector("[data-scan-words]").textContent = SAYS[state] ?? "";
  if (state === "confirmed") {
    enter(element);
  }
  return state === "confirmed" || state === "over";
}

function enter(element) {
  if (element.dataset.scanGo) {
    window.location.assign(element.dataset.scanGo);
  } else {
    document.getElementById("scan-done").requestSubmit();
  }
}
