"""When a call is made again: by the class of what went wrong, never when that could do the work twice."""

import pytest

from backend.wechat.failures import Closed, GatewayError, NoAnswer, refusal
from backend.wechat.retries import TRIES, Repeat, wait_before

NOW = 1_800_000_030.0  # thirty seconds before a full minute


def _wait(error: GatewayError, tries: int = 1, repeat: Repeat = Repeat.ALWAYS, luck: float = 0.5) -> float | None:
    return wait_before(error, tries, repeat, NOW, luck)


def test_the_pauses_double_and_have_jitter() -> None:
    lost = NoAnswer("/x", True, "time-out")
    assert [_wait(lost, tries, luck=1.0) for tries in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert [_wait(lost, tries, luck=0.0) for tries in (1, 2, 3)] == [0.25, 0.5, 1.0]


def test_there_is_an_end_to_trying() -> None:
    assert _wait(NoAnswer("/x", False, "refused"), tries=TRIES) is None


@pytest.mark.parametrize("error", [NoAnswer("/x", True, "time-out"), refusal("/x", -1, ""), refusal("/x", 61450, "")])
def test_what_may_have_happened_is_repeated_only_where_twice_is_as_good_as_once(error: GatewayError) -> None:
    assert _wait(error, repeat=Repeat.ALWAYS) is not None
    assert _wait(error, repeat=Repeat.UNSENT) is None


@pytest.mark.parametrize("errcode", [45011, 44990, 44991, 43108, 45066])
def test_a_refusal_because_of_haste_is_repeated_also_for_a_send(errcode: int) -> None:
    assert _wait(refusal("/x", errcode, ""), repeat=Repeat.UNSENT) is not None


@pytest.mark.parametrize("errcode", [45011, 44991, 45066])
def test_a_limit_by_the_minute_waits_for_the_next_one(errcode: int) -> None:
    assert _wait(refusal("/x", errcode, ""), luck=0.0) == 30.0


def test_a_limit_by_the_second_waits_a_second() -> None:
    assert _wait(refusal("/x", 44990, ""), luck=0.0) == 1.0


@pytest.mark.parametrize("errcode", [40001, 45009, 40003, 43101, 48001, 40164, 47003, 99999])
def test_a_definite_no_is_not_asked_again(errcode: int) -> None:
    assert _wait(refusal("/x", errcode, "")) is None


def test_what_is_closed_is_not_tried() -> None:
    assert _wait(Closed("/x", False, NOW + 1, "quota")) is None
