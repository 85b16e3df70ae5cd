"""A stream of events holds a thread of the process, and gives it back however it ends."""

from werkzeug.test import EnvironBuilder

from console import events
from tests.served import House

STATE = "/console/sign-in/scan/state"
STREAM = {"Accept": "text/event-stream"}


def test_who_asks_for_the_head_of_a_stream_holds_none(house: House) -> None:
    with house.app.test_request_context(STATE, method="HEAD", headers=STREAM):
        answer = events.stream(house.runtime, lambda: "waiting", until=("over",))
        assert (answer.status_code, answer.mimetype, events._lent) == (200, "text/event-stream", 0)


def test_a_stream_that_is_left_before_its_first_line_is_given_back(house: House) -> None:
    environ = EnvironBuilder(path=STATE, headers=list(STREAM.items())).get_environ()
    lines = house.app(environ, lambda *_started: lambda _: None)
    assert events._lent == 1
    lines.close()  # type: ignore[attr-defined]
    assert events._lent == 0


def test_a_stream_that_came_to_its_end_is_given_back_once(house: House) -> None:
    assert house.app.test_client().get(STATE, headers=STREAM, buffered=True).text == "data: over\n\n"
    assert events._lent == 0
