// A bar that moves: the server tells by server-sent events; where the stream is refused, it is asked every two seconds.
// Either way one line of JSON says how far the work is.
const EVERY = 2000;

document.querySelectorAll(".progress-report").forEach(follow);

function follow(report) {
  const stream = new EventSource(report.dataset.events);
  stream.onmessage = (event) => {
    if (show(report, JSON.parse(event.data))) {
      stream.close();
    }
  };
  stream.onerror = () => {
    // A stream that broke is taken up again by the browser; one that was refused is closed for good.
    if (stream.readyState === EventSource.CLOSED) {
      ask(report);
    }
  };
}

async function ask(report) {
  const told = await fetch(report.dataset.events, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null); // no answer now; there may be one in two seconds
  if (!told || !show(report, told)) {
    setTimeout(() => ask(report), EVERY);
  }
}

// Whether nothing more will come.
function show(report, told) {
  const bar = report.querySelector("progress");
  if (told.total) {
    bar.max = told.total;
    bar.value = told.done;
  }
  report.querySelector(".progress-words").textContent = told.words;
  if (told.finished) {
    told.href ? location.assign(told.href) : location.reload();
  }
  return told.finished;
}
