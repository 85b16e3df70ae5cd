"""Server-sent events: a page hears of what changes without asking again and again.

A stream holds one of the few threads of its process. Only a quarter of them may be held so; whoever comes then is
refused and asks every two seconds instead (console/static/js), which every address of events answers too.
"""

import json
import threading
from collections.abc import Callable, Container, Iterator

from flask import Response, request, stream_with_context

from backend import clock
from backend.runtime import Runtime
from models.base import database


class Finished:
    """The lines of JSON with which a piece of work says that it is done: see macros/progress.html."""

    def __contains__(self, line: object) -> bool:
        return isinstance(line, str) and bool(json.loads(line)["finished"])


SECONDS = 50.0
"""A stream ends by itself, before a proxy thinks that it hangs; the browser opens the next."""

EVERY = 0.4
_lent = 0
_guard = threading.Lock()


def stream(runtime: Runtime, look: Callable[[], str], until: Container[str]) -> Response:
    """What `look` answers, now and whenever it is another; ends after one of `until`. `look` answers one line.

    Who does not ask for a stream, or finds none free, gets the line now.
    """
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return Response(look(), content_type="text/plain; charset=utf-8")
    if request.method == "HEAD":
        return Response(content_type="text/event-stream")  # nothing of a stream is sent, so none is held
    if not _borrow(max(1, runtime.settings.web_threads // 4)):
        return Response("", 503, {"Retry-After": "2"})
    told = stream_with_context(_told(look, until))
    answer = Response(told, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(_give_back)  # the generator cannot: one that is closed before it began runs nothing
    return answer


def _told(look: Callable[[], str], until: Container[str]) -> Iterator[str]:
    end, last, wait = clock.monotonic() + SECONDS, "", threading.Event()
    while clock.monotonic() < end:
        found = _looked(look)
        if found != last:
            yield f"data: {found}\n\n"
            last = found
        if found in until:
            return
        wait.wait(EVERY)


def _looked(look: Callable[[], str]) -> str:
    """Between two looks the connection is somebody else's."""
    try:
        return look()
    finally:
        if not database.is_closed():
            database.close()


def _borrow(most: int) -> bool:
    global _lent  # noqa: PLW0603 - one count for the process, under its guard
    with _guard:
        if _lent >= most:
            return False
        _lent += 1
        return True


def _give_back() -> None:
    global _lent  # noqa: PLW0603 - as above
    with _guard:
        _lent -= 1
