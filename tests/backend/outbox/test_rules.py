"""The life of a delivery: which state may follow which, and what each answer of the platform makes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import clock
from backend.outbox import rules
from backend.outbox.rules import MOVES, WAITING, Lesson, Verdict
from backend.wechat.failures import TREATMENTS, Closed, GatewayError, Interrupted, NoAnswer, refusal
from models.deliveries import Channel, DeliveryState

S = DeliveryState
PATH = "/cgi-bin/message/template/send"
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
AT = NOW.timestamp()
FIRST = 2.0  # seconds: the longest pause before the second try
ENDS = {S.DELIVERED, S.FAILED, S.UNREACHABLE, S.CANCELLED}
steady = settings(max_examples=200, derandomize=True, deadline=None)


def _reachable(state: DeliveryState) -> set[DeliveryState]:
    found, ahead = set[DeliveryState](), [state]
    while ahead:
        for new in MOVES[ahead.pop()]:
            if new not in found:
                found.add(new)
                ahead.append(new)
    return found


def test_every_state_is_in_the_table_and_is_reached_from_the_first() -> None:
    assert set(MOVES) == set(S)
    assert _reachable(S.PENDING) == set(S)


def test_every_move_has_its_reason_and_none_leads_back_to_where_it_began() -> None:
    for old, moves in MOVES.items():
        assert all(moves.values())
        assert old not in moves


def test_an_end_has_no_way_out() -> None:
    assert {state for state, moves in MOVES.items() if not moves} == ENDS


def test_what_was_accepted_is_only_reported_on() -> None:
    assert set(MOVES[S.ACCEPTED]) == {S.DELIVERED, S.FAILED}
    assert not _reachable(S.ACCEPTED) & {*WAITING, S.UNCERTAIN}


def test_nothing_leaves_without_an_intent_and_no_intent_without_a_claim() -> None:
    leads_to = {new: {old for old, moves in MOVES.items() if new in moves} for new in S}
    assert leads_to[S.SENDING] == {S.CLAIMED}
    assert leads_to[S.ACCEPTED] == {S.SENDING}
    assert leads_to[S.UNCERTAIN] <= {S.SENDING, S.CLAIMED}  # claimed: it was uncertain before, and is not repeated
    assert leads_to[S.PENDING] == {S.CLAIMED, S.SENDING}


def test_what_may_have_left_is_never_called_unreachable_or_cancelled() -> None:
    assert not {S.UNREACHABLE, S.CANCELLED} & (MOVES[S.SENDING].keys() | MOVES[S.UNCERTAIN].keys())


def test_waiting_are_those_that_have_not_ended_in_any_way() -> None:
    assert set(WAITING) == set(S) - ENDS - {S.ACCEPTED, S.UNCERTAIN}


@pytest.mark.parametrize("old", S)
def test_a_move_is_allowed_exactly_if_the_table_has_it(old: DeliveryState) -> None:
    assert {new for new in S if rules.may_move(old, new)} == set(MOVES[old])


# What the protocol sheet (§3.6) asks for, number by number. `luck` is 1, it is the first try.

UNCERTAIN = Verdict(S.UNCERTAIN, "no_answer", FIRST, trouble=True)


def _later(number: int) -> Verdict:
    return Verdict(S.PENDING, str(number), FIRST)


def _refuses(number: int, lesson: Lesson | None) -> Verdict:
    return Verdict(S.PENDING, str(number), refuses=True, lesson=lesson)


def _stops(number: int) -> Verdict:
    return Verdict(S.PENDING, str(number), FIRST, trouble=True, stops=True)


def _fails(number: int) -> Verdict:
    return Verdict(S.FAILED, str(number), trouble=True)


CREDENTIAL = (40001, 40014, 42001)
MAYBE_DONE = (-1, 61450, 268487001, 268487002)
BUSY = (45011, 44991, 42010, 44990, 43108, 45169, 45066)
QUOTA = (45009, 44993, 45028, 48006)
AWAY = (40003, 43004, 43019, 43104, 48002, 50005)
STOPPING = (
    *(40164, 40243, 89503, 89504, 89505, 89506, 89507, 43107, 48004, 48001, 50002, 50004, 50007),
    *(40013, 40125, 40037, 40249, 43116, 40002, 41002, 41004, 45062, 48021),
)
OURS = (40029, 40163, 40226, 45002, 45008, 45065, 45067, 45168, 47001, 47003, 61010, 87009)
EXPECTED: dict[int, Verdict] = {
    **dict.fromkeys(MAYBE_DONE, UNCERTAIN),
    **{number: _later(number) for number in (*CREDENTIAL, *BUSY, *QUOTA)},
    **{number: _refuses(number, Lesson.AWAY) for number in AWAY},
    43101: _refuses(43101, Lesson.USED_UP),
    **{number: _refuses(number, None) for number in (45015, 45047, 70000)},  # only this window, not she, is shut
    **{number: _stops(number) for number in STOPPING},
    **{number: _fails(number) for number in OURS},
}


def test_the_table_of_this_test_judges_every_number_that_is_known() -> None:
    assert EXPECTED.keys() == TREATMENTS.keys()


@pytest.mark.parametrize("number", EXPECTED)
def test_a_number_of_the_platform_has_its_verdict(number: int) -> None:
    assert rules.judge(refusal(PATH, number, ""), 1, AT, 1.0) == EXPECTED[number]


def test_a_number_nobody_knows_is_taken_for_a_mistake_of_ours() -> None:
    assert rules.judge(refusal(PATH, 12345, ""), 1, AT, 1.0) == _fails(12345)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, Verdict(S.ACCEPTED)),
        (NoAnswer(PATH, True, "timed out"), UNCERTAIN),
        (NoAnswer(PATH, False, "refused"), Verdict(S.PENDING, "no_answer", FIRST)),
        (Closed(PATH, False, AT + 90, "busy"), Verdict(S.PENDING, wait=90.0, asked=False)),
        (Closed(PATH, False, AT - 5, "over"), Verdict(S.PENDING, wait=1.0, asked=False)),
        (Interrupted(PATH, False), Verdict(S.PENDING, asked=False)),
        (Interrupted(PATH, True), Verdict(S.UNCERTAIN, "interrupted", FIRST)),
        (GatewayError(PATH, False), Verdict(S.PENDING, "GatewayError", FIRST)),
        (GatewayError(PATH, True), UNCERTAIN),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_what_is_no_number_has_its_verdict_too(error: GatewayError | None, verdict: Verdict) -> None:
    assert rules.judge(error, 1, AT, 1.0) == verdict


@pytest.mark.parametrize("number", [*CREDENTIAL, *BUSY, *QUOTA])
def test_whoever_stays_busy_is_given_up_at_the_twelfth_try(number: int) -> None:
    error = refusal(PATH, number, "")
    states = [rules.judge(error, attempts, AT, 0.5).state for attempts in range(1, 14)]
    assert states == [S.PENDING] * 11 + [S.FAILED] * 2
    assert rules.judge(error, 12, AT, 0.5) == _fails(number)


@pytest.mark.parametrize("number", STOPPING)
def test_what_only_an_operator_mends_costs_nobody_her_message(number: int) -> None:
    assert rules.judge(refusal(PATH, number, ""), 100, AT, 0.5).state is S.PENDING


@pytest.mark.parametrize("error", [Closed(PATH, False, AT + 9, ""), Interrupted(PATH, False)], ids=str)
def test_what_was_never_asked_for_is_no_reason_to_give_up(error: GatewayError) -> None:
    assert rules.judge(error, 100, AT, 0.5).state is S.PENDING


SOME_ERRORS = st.one_of(
    st.sampled_from(sorted(TREATMENTS)).map(lambda number: refusal(PATH, number, "")),
    st.integers(-2, 300_000_000).map(lambda number: refusal(PATH, number, "")),
    st.booleans().map(lambda sent: NoAnswer(PATH, sent, "")),
    st.booleans().map(lambda sent: Interrupted(PATH, sent)),
    st.floats(0, 2 * AT).map(lambda until: Closed(PATH, False, until, "")),
)


@steady
@given(error=SOME_ERRORS, attempts=st.integers(1, 40), luck=st.floats(0, 1))
def test_a_verdict_follows_from_sending_and_says_uncertain_exactly_where_it_may_have_left(
    error: GatewayError, attempts: int, luck: float
) -> None:
    verdict = rules.judge(error, attempts, AT, luck)
    assert verdict == rules.judge(error, attempts, AT, luck)
    assert rules.may_move(S.SENDING, verdict.state)
    assert (verdict.state is S.UNCERTAIN) is error.sent
    assert verdict.state is not S.ACCEPTED
    assert verdict.wait >= 0
    assert verdict.lesson is None or verdict.refuses
    assert not verdict.refuses or (verdict.state is S.PENDING and not verdict.wait)


@steady
@given(attempts=st.integers(0, 1000), luck=st.floats(0, 1))
def test_pauses_grow_and_are_bounded(attempts: int, luck: float) -> None:
    pause, longer = rules.pause_before(attempts, luck), rules.pause_before(attempts + 1, luck)
    assert 1 <= pause <= longer <= 3600
    assert rules.pause_before(attempts, 0.0) <= pause <= 2 * rules.pause_before(attempts, 0.0)


def test_pauses_double_from_two_seconds_to_an_hour() -> None:
    pauses = [rules.pause_before(attempts, 1.0) for attempts in range(1, 14)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]


@pytest.mark.parametrize("error", [NoAnswer(PATH, True, "timed out"), refusal(PATH, -1, "")], ids=["lost", "busy"])
def test_the_pauses_before_a_repetition_grow_too(error: GatewayError) -> None:
    """The platform asks for few repetitions with back-off (§3.6)."""
    waits = [rules.judge(error, attempts, AT, 1.0).wait for attempts in range(1, 6)]
    assert waits == [2, 4, 8, 16, 32]


@pytest.mark.parametrize(
    ("age", "repeats"),
    [
        (timedelta(), True),
        (timedelta(seconds=539, microseconds=999_999), True),
        (timedelta(seconds=540), False),
        (timedelta(seconds=600), False),
        (timedelta(days=400), False),
        (-timedelta(microseconds=1), False),  # the clock was set back: nobody knows how old the intent is
        (-timedelta(hours=1), False),
    ],
)
def test_a_template_message_is_repeated_for_nine_minutes_from_its_first_intent(age: timedelta, repeats: bool) -> None:
    assert rules.repeatable(Channel.TEMPLATE, NOW - age, NOW) is repeats


def test_a_mass_send_is_repeated_for_an_hour_less_than_the_day_it_is_known() -> None:
    hours = timedelta(hours=23)
    assert rules.repeatable(Channel.MASS, NOW - hours + timedelta(microseconds=1), NOW)
    assert not rules.repeatable(Channel.MASS, NOW - hours, NOW)


@pytest.mark.parametrize("channel", [None, Channel.SUBSCRIBE, Channel.NOTICE, Channel.CUSTOM, Channel.INBOX])
def test_what_the_platform_does_not_deduplicate_is_never_repeated(channel: Channel | None) -> None:
    assert not rules.repeatable(channel, NOW, NOW)


def test_what_was_never_intended_is_never_repeated() -> None:
    assert not rules.repeatable(Channel.TEMPLATE, None, NOW)


@pytest.mark.parametrize(
    ("troubles", "of", "too_much"),
    [
        (0, 0, False),
        (19, 19, False),  # a small source that fails wholly is not worth an alarm
        (20, 20, True),
        (20, 66, True),
        (20, 67, False),
        (29, 100, False),
        (30, 100, True),
        (100, 100, True),
    ],
)
def test_a_source_is_in_trouble_from_twenty_and_three_in_ten(troubles: int, of: int, too_much: bool) -> None:
    assert rules.too_much_trouble(troubles, of) is too_much


def _beijing(day: int, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, micro, tzinfo=clock.BEIJING).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (_beijing(1, 21, 59, 59, 999_999), None),
        (_beijing(1, 22), _beijing(2, 7)),
        (_beijing(1, 23, 59, 59, 999_999), _beijing(2, 7)),
        (_beijing(2, 0), _beijing(2, 7)),
        (_beijing(2, 6, 59, 59, 999_999), _beijing(2, 7)),
        (_beijing(2, 7), None),
        (_beijing(2, 12), None),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, tzinfo=UTC)),  # the year has turned
        (datetime(2027, 2, 28, 15, 0, tzinfo=UTC), datetime(2027, 2, 28, 23, 0, tzinfo=UTC)),  # the month turns
    ],
)
def test_the_night_is_from_ten_to_seven_in_beijing(now: datetime, until: datetime | None) -> None:
    assert rules.quiet_until(now) == until


@steady
@given(now=st.integers(0, 20 * 365 * 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds)))
def test_a_night_ends_within_nine_hours_and_at_a_moment_that_is_not_night(now: datetime) -> None:
    until = rules.quiet_until(now)
    if until is not None:
        assert timedelta() < until - now <= timedelta(hours=9)
        assert rules.quiet_until(until) is None
        assert rules.quiet_until(until - timedelta(microseconds=1)) == until
