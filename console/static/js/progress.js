// A bar that moves: the server tells by server-sent events; where the stream is refused, htmx asks every two seconds.
const EVERY = 2000;

function end(report, href) {
  if (href) {
    location.assign(href);
  } else {
    location.reload();
  }
}

function show(report, told) {
  const bar = report.querySelector("progress");
  if (told.total) {
    bar.max = told.total;
    bar.value = told.done;
  }
  report.querySelector(".progress-words").textContent = told.words ?? "";
}

function follow(report) {
  const stream = new EventSource(report.dataset.events);
  stream.onmessage = (event) => {
    const told = JSON.parse(event.data);
    show(report, told);
    if (told.finished) {
      stream.close();
      end(report, told.href);
    }
  };
  stream.onerror = () => {
    // A broken stream is taken up again by the browser; a refused one is closed for good.
    if (stream.readyState === EventSource.CLOSED) {
      ask(report);
    }
  };
}

function ask(report) {
  const mark = report.id || (report.id = `progress-${Math.random().toString(36).slice(2)}`);
  const headers = { Accept: "text/html" };
  setTimeout(async () => {
    await htmx.ajax("GET", report.dataset.events, { target: `#${mark}`, swap: "outerHTML", headers }).catch(() => {});
    const next = document.querySelector(".progress-report[data-events]");
    if (next) {
      continueWith(next);
    }
  }, EVERY);
}

function continueWith(report) {
  if (report.dataset.finished === undefined) {
    ask(report);
  } else {
    end(report, report.dataset.finished);
  }
}

for (const report of document.querySelectorAll(".progress-report[data-events]")) {
  if (report.dataset.finished === undefined) {
    follow(report);
  }
}
