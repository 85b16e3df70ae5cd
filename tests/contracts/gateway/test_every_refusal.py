"""Each number that the protocol sheet documents for a call reaches the caller as the error its class asks for.

The classes are written down here a second time, from the sheet (§3.6) and not from the house's own table.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from backend.wechat.failures import (
    BadRequest,
    Busy,
    CredentialRefused,
    Fatal,
    QuotaExhausted,
    RecipientUnreachable,
    Refused,
    VisitorTokenRefused,
)
from tests.contracts.gateway.everything import CALLS
from tests.contracts.gateway.given import Given, given_on
from tests.contracts.gateway.lines import Line
from tests.contracts.gateway.lines_of_accounts import TOKEN
from tests.simulated import Platform

CREDENTIAL = {40001, 40014, 42001}  # (a) refresh and repeat once
MAYBE_DONE = {-1, 61450, 268487001, 268487002}  # the work may have been done
CLASSES: dict[type[Refused], set[int]] = {
    CredentialRefused: CREDENTIAL,
    Busy: {  # (b) back off
        *(*MAYBE_DONE, 45011, 44990, 44991, 43108, 45066),
        *(42010, 45169),  # without a class in the sheet: too often, and another change under way
    },
    QuotaExhausted: {45009, 45028, 44993, 48006},  # (c) stop the interface until a reset
    RecipientUnreachable: {
        40003,
        43004,
        43019,
        43101,
        43104,
        45015,
        45047,
        48002,
        50005,
        70000,
    },  # (d) go on with others
    Fatal: {  # (e) stop the job and alert
        *(40013, 40125, 40164, 40037, 40249, 43107, 43116, 48001, 48004, 50002),
        *(40002, 41002, 41004, 40243, 50004, 50007, 45062, 48021),  # the rows "configuration error" and "alert"
        *(89503, 89504, 89505, 89506, 89507),  # the row "stop, inform the operator"
    },
    BadRequest: {  # (f) mend the request
        *(45002, 45008, 45067, 47001, 47003),
        *(41001, 61451),  # the rows "bug"
        *(40029, 40163, 40226, 45168, 61010, 87009, 87014),  # "no retry", "permanent for the message"
        45065,  # a success only where the answer carries the earlier msg_id: see test_every_call
    },
}
UNCLASSED = BadRequest
"""What the sheet names without a class says what is wrong with the request, and repeating it would not help."""


def expected(line: Line, errcode: int) -> type[Refused]:
    if errcode in CREDENTIAL and line.path == TOKEN:
        return Fatal  # §3.6: there it is a wrong secret: alert, stop
    if errcode in CREDENTIAL and not line.by_token:
        return VisitorTokenRefused
    return next((each for each, numbers in CLASSES.items() if errcode in numbers), UNCLASSED)


class Stage:
    """Prepares a call once for all of its numbers: a refused call leaves everything as it was."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._name, self._standing = platform, "", ExitStack()
        self._given: Given
        self._prepared: Any = None

    def of(self, name: str) -> tuple[Given, Any]:
        """Through gateways that remember nothing, and what the call needs."""
        if name != self._name:
            self.clear()
            self._given = self._standing.enter_context(given_on(self._platform))
            self._prepared, self._name = CALLS[name].prepare(self._given), name
        return self._given.anew(), self._prepared

    def clear(self) -> None:
        self._name = ""
        self._standing.close()


@pytest.fixture(scope="module")
def stage(running_platform: Platform) -> Iterator[Stage]:
    stage = Stage(running_platform)
    yield stage
    stage.clear()


DOCUMENTED = [(name, errcode) for name, line in CALLS.items() for errcode in line.documented]


@pytest.mark.parametrize(("name", "errcode"), DOCUMENTED)
def test_every_documented_refusal_arrives_as_its_class_asks(stage: Stage, name: str, errcode: int) -> None:
    line, (given, prepared) = CALLS[name], stage.of(name)
    platform = given.platform
    platform.forget_traffic()
    platform.fault(line.path, "errcode", errcode=errcode)
    try:
        if errcode in line.answers:
            assert line.call(given, prepared) == line.answers[errcode]
        else:
            _is_refused(line, given, prepared, errcode)
    finally:
        platform.mend()
    twice = errcode in CREDENTIAL and line.by_token
    assert len(platform.calls(line.path)) == (2 if twice else 1)


def _is_refused(line: Line, given: Given, prepared: Any, errcode: int) -> None:
    with pytest.raises(Refused) as raised:
        line.call(given, prepared)
    error = raised.value
    assert (type(error), error.errcode, error.path) == (expected(line, errcode), errcode, line.path)
    assert "rid: " in error.errmsg
    assert error.sent is (errcode in MAYBE_DONE and line.path != TOKEN)


def test_no_number_stands_in_two_classes() -> None:
    numbers = [errcode for each in CLASSES.values() for errcode in each]
    assert len(numbers) == len(set(numbers))
