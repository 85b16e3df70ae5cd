"""What the platform answers, as it is read: odd forms are understood, and what is missing is noticed."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import IntEnum, StrEnum

import pytest

from backend.wechat.answers import Answer, document
from backend.wechat.failures import NoAnswer, Refused
from backend.wechat.transport import encode

PATH = "/cgi-bin/x"


@pytest.mark.parametrize(
    "data", [b'{"msgid": 18446744073709551615}', b'\xef\xbb\xbf{"errcode": 0, "msgid": 18446744073709551615}']
)
def test_the_largest_id_is_kept_to_the_last_digit(data: bytes) -> None:
    assert document(PATH, data).filled("msgid") == "18446744073709551615"


def test_a_number_written_as_text_is_a_refusal_all_the_same() -> None:
    with pytest.raises(Refused) as raised:
        document(PATH, b'{"errcode": "40003", "errmsg": "invalid openid"}')
    assert (raised.value.errcode, raised.value.errmsg) == (40003, "invalid openid")


def test_what_is_missing_deep_inside_makes_it_an_answer_nobody_can_read() -> None:
    answer = document(PATH, b'{"data": {"openid": ["o1"]}, "list": [{"id": 1}]}')
    for part, name in ((answer, "total"), (answer.part("data"), "next"), (answer.parts("list")[0], "name")):
        for read in (part.__getitem__, part.text, part.integer, part.part, part.texts):
            with pytest.raises(NoAnswer, match=f"the answer has no {name}") as raised:
                read(name)
            assert (raised.value.path, raised.value.sent) == (PATH, True)
    assert answer.part("data").texts("openid") == ["o1"]


def test_chinese_is_sent_as_it_is() -> None:
    assert encode({"name": "帮助 \U00020000"}) == '{"name":"帮助 \U00020000"}'.encode()


class Term(IntEnum):
    ONE_OFF = 2


class State(StrEnum):
    DONE = "SEND_SUCCESS"


TOLD = Answer(
    PATH,
    {"id": 42, "number": "-7", "name": "帮助", "nothing": None, "empty": "", "yes": True, "zero": 0, "half": 0.5}
    | {"at": "1780272000", "ids": [1, "2"], "names": ["o1", 2], "term": "2", "new": 9, "state": "SEND_SUCCESS"}
    | {"part": Answer(PATH, {}), "parts": [Answer(PATH, {})], "mixed": [Answer(PATH, {}), 1], "blank": ["o1", ""]}
    | {"late": 1780272000000, "odd": "１２", "spaced": " 1", "joined": "1_0"},
)
NOON = datetime(2026, 6, 1, tzinfo=UTC)

Read = Callable[[Answer], object]
READ: list[tuple[Read, object]] = [
    (lambda told: told.text("name"), "帮助"),
    (lambda told: told.text("id"), "42"),
    (lambda told: told.text("empty"), ""),
    (lambda told: told.text("nothing", "x"), "x"),
    (lambda told: told.integer("id"), 42),
    (lambda told: told.integer("number"), -7),
    (lambda told: told.integer("empty", 3), 3),
    (lambda told: told.integer("gone", 3), 3),
    (lambda told: told.integer_if_any("zero"), None),
    (lambda told: told.integer_if_any("empty"), None),
    (lambda told: told.integer_if_any("id"), 42),
    (lambda told: told.flag("yes"), True),
    (lambda told: told.flag("zero"), False),
    (lambda told: told.flag("gone", False), False),
    (lambda told: told.chosen("term", Term), Term.ONE_OFF),
    (lambda told: told.chosen("state", State), State.DONE),
    (lambda told: told.chosen_if_known("new", Term), None),
    (lambda told: told.moment("at"), NOON),
    (lambda told: told.moment_if_any("zero"), None),
    (lambda told: told.moment_if_any("gone"), None),
    (lambda told: told.integers("ids"), [1, 2]),
    (lambda told: told.texts("names"), ["o1", "2"]),
    (lambda told: told.texts("gone", optional=True), []),
    (lambda told: told.parts("nothing", optional=True), []),
    (lambda told: told.part("gone", optional=True), {}),
]
ODD: list[tuple[Read, str]] = [
    (lambda told: told.text("nothing"), "has no nothing"),
    (lambda told: told.text("yes"), "yes .* not a text"),
    (lambda told: told.text("yes", "x"), "yes .* not a text"),
    (lambda told: told.text("half"), "half .* not a text"),
    (lambda told: told.text("ids"), "ids .* not a text"),
    (lambda told: told.filled("empty"), "empty .* not filled in"),
    (lambda told: told.integer("yes"), "yes .* not a whole number"),
    (lambda told: told.integer("half", 1), "half .* not a whole number"),
    (lambda told: told.integer("empty"), "has no empty"),
    (lambda told: told.integer("odd"), "odd .* not a whole number"),
    (lambda told: told.integer("spaced"), "spaced .* not a whole number"),
    (lambda told: told.integer("joined"), "joined .* not a whole number"),
    (lambda told: told.integer("id", among=range(5)), "id .* not a number from 0 to 4"),
    (lambda told: told.flag("id"), "id .* not a number from 0 to 1"),
    (lambda told: told.chosen("new", Term), "new .* not one of 2"),
    (lambda told: told.chosen("name", State), "name .* not one of SEND_SUCCESS"),
    (lambda told: told.chosen_if_known("name", Term), "name .* not a whole number"),
    (lambda told: told.moment("number"), "number .* not a moment"),
    (lambda told: told.moment("late"), "late .* not a moment"),
    (lambda told: told.part("parts", optional=True), "parts .* not an object"),
    (lambda told: told.parts("part", optional=True), "part .* not a list"),
    (lambda told: told.parts("mixed"), "mixed .* not a list of objects"),
    (lambda told: told.texts("blank"), "blank .* not filled in"),
    (lambda told: told.integers("names"), "names .* not a whole number"),
]


@pytest.mark.parametrize(("read", "value"), READ)
def test_what_fits_is_read_as_what_was_asked_for(read: Read, value: object) -> None:
    found = read(TOLD)
    assert (type(found), found) == (type(value) if value != {} else Answer, value)


@pytest.mark.parametrize(("read", "reason"), ODD)
def test_what_does_not_fit_is_named_and_never_shown(read: Read, reason: str) -> None:
    with pytest.raises(NoAnswer, match=reason) as raised:
        read(TOLD)
    assert "帮助" not in str(raised.value)
    assert (raised.value.path, raised.value.sent) == (PATH, True)


def test_an_answer_nested_without_end_is_not_readable() -> None:
    with pytest.raises(NoAnswer, match="not readable"):
        document(PATH, b'{"data":' + b"[" * 1000 + b"]" * 1000 + b"}")
