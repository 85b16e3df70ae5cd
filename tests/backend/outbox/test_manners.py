"""What holds a message back: closed interfaces, silence that was asked for, the cap of a day, and the night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend import clock
from backend.outbox.channels import (
    ALL_MANNERS,
    Choice,
    Manner,
    Reach,
    Unreachable,
    Wait,
    choose,
)
from models.deliveries import Channel, Priority
from models.followers import FollowState, Interaction
from tests.backend.outbox.contacts import LEAST, MINI, NOON, SERVICE, TOMORROW, ask, follower, heard, plan, visitor

# Closed interfaces


def _shut(until: datetime, account_id: int = SERVICE, channel: Channel = Channel.TEMPLATE) -> dict[str, Any]:
    return {"closed": {(account_id, channel): until}}


SOON = NOON + timedelta(minutes=5)
BOTH = Reach([heard(follower(), Interaction.MESSAGE, timedelta(hours=1))])


@pytest.mark.parametrize("priority", [Priority.PERSONAL, Priority.BROADCAST])
def test_a_closed_interface_is_waited_for(priority: Priority) -> None:
    ladder = plan(Channel.TEMPLATE, Channel.CUSTOM, priority=priority, **_shut(SOON))
    assert choose(ladder, BOTH, 0, NOON) == Wait(SOON)


def test_an_emergency_takes_the_next_rung_instead() -> None:
    ladder = plan(Channel.TEMPLATE, Channel.CUSTOM, priority=Priority.EMERGENCY, **_shut(SOON))
    assert choose(ladder, BOTH, 0, NOON) == Choice(Channel.CUSTOM, BOTH.contacts[0])


def test_an_emergency_waits_when_no_rung_is_open_and_for_the_first_to_open() -> None:
    both = {(SERVICE, Channel.TEMPLATE): SOON + LEAST, (SERVICE, Channel.CUSTOM): SOON}
    ladder = plan(Channel.TEMPLATE, Channel.CUSTOM, priority=Priority.EMERGENCY, closed=both)
    assert choose(ladder, BOTH, 0, NOON) == Wait(SOON)


@pytest.mark.parametrize("opens", [TOMORROW, TOMORROW + LEAST])
def test_what_opens_only_when_the_message_is_too_late_is_not_waited_for(opens: datetime) -> None:
    ladder = plan(Channel.TEMPLATE, Channel.CUSTOM, **_shut(opens))
    assert choose(ladder, BOTH, 0, NOON) == Choice(Channel.CUSTOM, BOTH.contacts[0])
    assert choose(plan(Channel.TEMPLATE, **_shut(opens)), BOTH, 0, NOON) == Unreachable("no_channel")


def test_what_opens_just_before_it_is_too_late_is_waited_for() -> None:
    assert choose(plan(Channel.TEMPLATE, **_shut(TOMORROW - LEAST)), BOTH, 0, NOON) == Wait(TOMORROW - LEAST)


@pytest.mark.parametrize("until", [NOON, NOON - LEAST])
def test_an_interface_whose_time_has_come_is_asked(until: datetime) -> None:
    assert ask(Channel.TEMPLATE, follower(), **_shut(until))


def test_a_closure_of_another_account_or_channel_holds_nobody_back() -> None:
    assert ask(Channel.TEMPLATE, follower(), **_shut(SOON, MINI))
    assert ask(Channel.TEMPLATE, follower(), **_shut(SOON, SERVICE, Channel.CUSTOM))


def test_a_closure_that_would_not_reach_her_anyway_is_not_waited_for() -> None:
    stranger = Reach([follower(follow_state=FollowState.STRANGER)])
    assert choose(plan(Channel.TEMPLATE, **_shut(SOON)), stranger, 0, NOON) == Unreachable("no_channel")


def test_the_other_identity_is_written_to_while_one_account_is_closed() -> None:
    contacts = [heard(each, Interaction.MESSAGE, timedelta(hours=1)) for each in (follower(), visitor())]
    shut = _shut(SOON, SERVICE, Channel.CUSTOM)
    assert choose(plan(Channel.CUSTOM, **shut), Reach(contacts), 0, NOON) == Choice(Channel.CUSTOM, contacts[1])


# Good manners: mute, cap, quiet hours


@pytest.mark.parametrize(("until", "muted"), [(NOON + LEAST, True), (NOON, False), (NOON - LEAST, False)])
def test_whoever_asked_for_silence_gets_nothing_until_then(until: datetime, muted: bool) -> None:
    asked = Reach([follower(muted_until=until)])
    found = choose(plan(Channel.TEMPLATE, manners={Manner.MUTE}), asked, 0, NOON)
    assert found == Unreachable("muted") if muted else isinstance(found, Choice)


def test_a_source_that_does_without_mute_is_heard_all_the_same() -> None:
    asked = Reach([follower(muted_until=TOMORROW)])
    assert isinstance(choose(plan(Channel.TEMPLATE, manners=ALL_MANNERS - {Manner.MUTE}), asked, 0, NOON), Choice)


def test_silence_asked_for_at_one_account_holds_for_the_person() -> None:
    asked = Reach([follower(), visitor(muted_until=TOMORROW)])
    assert choose(plan(Channel.TEMPLATE, manners={Manner.MUTE}), asked, 0, NOON) == Unreachable("muted")


def test_somebody_gets_two_broadcasts_a_day() -> None:
    def answer(today: int, priority: Priority = Priority.BROADCAST) -> object:
        ladder = plan(Channel.TEMPLATE, manners={Manner.CAP}, priority=priority)
        return choose(ladder, Reach([follower()], today=today), 0, NOON)

    assert isinstance(answer(0), Choice)
    assert isinstance(answer(1), Choice)
    assert answer(2) == Unreachable("capped")
    assert answer(3) == Unreachable("capped")
    assert isinstance(answer(9, Priority.PERSONAL), Choice)
    assert isinstance(answer(9, Priority.EMERGENCY), Choice)


def test_a_source_that_does_without_the_cap_is_not_counted_against_it() -> None:
    ladder = plan(Channel.TEMPLATE, manners=ALL_MANNERS - {Manner.CAP}, priority=Priority.BROADCAST)
    assert isinstance(choose(ladder, Reach([follower()], today=9), 0, NOON), Choice)


def _beijing(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=clock.BEIJING).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (_beijing(1, 21, 59, 59), None),
        (_beijing(1, 22), _beijing(2, 7)),
        (_beijing(2, 0), _beijing(2, 7)),
        (_beijing(2, 6, 59, 59), _beijing(2, 7)),
        (_beijing(2, 7), None),
    ],
)
def test_nobody_is_disturbed_at_night(now: datetime, until: datetime | None) -> None:
    ladder = plan(Channel.TEMPLATE, Channel.INBOX, manners={Manner.QUIET}, expires_at=_beijing(9, 0))
    found = choose(ladder, Reach([follower()]), 0, now)
    assert found == Wait(until) if until else isinstance(found, Choice) and found.channel is Channel.TEMPLATE


def test_a_source_that_does_without_quiet_hours_is_sent_at_night() -> None:
    assert ask(Channel.TEMPLATE, follower(), now=_beijing(2, 3), manners=ALL_MANNERS - {Manner.QUIET})


@pytest.mark.parametrize("expires_at", [_beijing(2, 6), _beijing(2, 7)])
def test_what_is_too_late_in_the_morning_is_not_waited_for(expires_at: datetime) -> None:
    ladder = plan(Channel.TEMPLATE, manners={Manner.QUIET}, expires_at=expires_at)
    assert choose(ladder, Reach([follower()]), 0, _beijing(2, 3)) == Unreachable("expired")


@pytest.mark.parametrize(
    ("reach", "now"),
    [
        (Reach([follower(muted_until=TOMORROW)]), NOON),
        (Reach([follower()], today=2), NOON),
        (Reach([follower()]), TOMORROW - timedelta(hours=9)),
    ],
    ids=["muted", "capped", "too late in the morning"],
)
def test_whoever_must_not_be_disturbed_still_finds_it_in_her_inbox(reach: Reach, now: datetime) -> None:
    manners = {"manners": ALL_MANNERS, "priority": Priority.BROADCAST, "expires_at": TOMORROW - timedelta(hours=8)}
    assert choose(plan(Channel.TEMPLATE, Channel.INBOX, **manners), reach, 0, now) == Choice(Channel.INBOX)
