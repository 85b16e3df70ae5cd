"""The choice of a channel, whatever is known of her: it keeps to the ladder, to manners and to what it knows."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from backend import clock
from backend.outbox.channels import (
    BITS,
    Choice,
    Contact,
    Credit,
    Manner,
    Plan,
    Reach,
    Unreachable,
    Wait,
    choose,
)
from models.accounts import AccountKind
from models.deliveries import Channel, Priority
from models.followers import FollowState, Interaction
from tests.backend.outbox.contacts import BINDINGS, KINDS, MINI, NOON, NOTHING, SERVICE, TOMORROW

steady = settings(max_examples=200, derandomize=True, deadline=None)
# Whatever is known of her

LADDERS = st.permutations(list(Channel)).map(tuple) | st.lists(st.sampled_from(Channel), unique=True).map(tuple)
TIMES = st.integers(-8 * 86_400, 2 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
SOON = st.sampled_from([NOON + timedelta(minutes=5), NOON + timedelta(minutes=6)])
MOMENTS = st.just(NOON) | TIMES
MAYBE_TIMES = st.none() | TIMES


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    account_id = draw(st.sampled_from([SERVICE, MINI]))
    return Contact(
        draw(st.integers(1, 3)),
        account_id,
        KINDS[account_id],
        "o",
        draw(st.sampled_from([FollowState.FOLLOWING] * 3 + list(FollowState))),
        last_message_at=draw(MAYBE_TIMES),
        last_interaction_at=draw(MAYBE_TIMES),
        last_interaction=draw(st.none() | st.sampled_from(Interaction)),
        muted_until=draw(MAYBE_TIMES),
        refused_at=draw(st.none() | MAYBE_TIMES),
        sent_in_long=draw(st.integers(0, 6)),
        sent_in_short=draw(st.integers(0, 4)),
        mass_this_month=draw(st.integers(0, 5)),
    )


CREDITS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.sampled_from([binding.template_id for binding in BINDINGS.values()])),
    st.builds(Credit, st.integers(1, 9), st.integers(0, 2), st.booleans()),
)
REACHES = st.builds(Reach, st.lists(contacts(), max_size=3), CREDITS, st.integers(0, 3))
PLANS = st.builds(
    Plan,
    LADDERS,
    st.frozensets(st.sampled_from(Manner)) | st.just(NOTHING),
    st.sampled_from(Priority),
    st.just(TOMORROW) | TIMES,
    st.sampled_from([BINDINGS, BINDINGS, {}]),
    st.dictionaries(st.tuples(st.sampled_from([SERVICE, MINI]), st.sampled_from(Channel)), SOON | TIMES, max_size=6),
)
REFUSED = st.frozensets(st.sampled_from(sorted(set(Channel) - {Channel.INBOX}))).map(
    lambda channels: sum(BITS[channel] for channel in channels)
)
"""The inbox never says no."""


@steady
@given(PLANS, REACHES, st.just(0) | REFUSED, MOMENTS)
def test_the_answer_is_on_the_ladder_and_said_no_to_nobody(
    plan: Plan, reach: Reach, refused: int, now: datetime
) -> None:
    found = choose(plan, reach, refused, now)
    if isinstance(found, Choice):
        assert found.channel in plan.ladder
        assert not refused & BITS[found.channel]
    if isinstance(found, Wait):
        assert now < found.until < plan.expires_at


@steady
@given(PLANS, REACHES, st.just(0) | REFUSED, MOMENTS)
def test_the_same_is_answered_to_the_same_and_nothing_is_changed(
    plan: Plan, reach: Reach, refused: int, now: datetime
) -> None:
    before = deepcopy(reach)
    assert choose(plan, reach, refused, now) == choose(plan, reach, refused, now)
    assert reach == before


@steady
@given(PLANS, REACHES, st.just(0) | REFUSED, MOMENTS)
def test_nothing_is_pushed_to_whoever_must_not_be_disturbed(
    plan: Plan, reach: Reach, refused: int, now: datetime
) -> None:
    found = choose(plan, reach, refused, now)
    if not isinstance(found, Choice) or found.channel is Channel.INBOX:
        return
    if Manner.MUTE in plan.manners:
        assert not any(contact.muted_until and contact.muted_until > now for contact in reach.contacts)
    if Manner.QUIET in plan.manners:
        assert 7 <= clock.beijing(now).hour < 22
    if Manner.CAP in plan.manners and plan.priority is Priority.BROADCAST:
        assert reach.today < 2


@steady
@given(PLANS, REACHES, st.just(0) | REFUSED, MOMENTS)
def test_a_push_has_all_that_its_channel_needs(plan: Plan, reach: Reach, refused: int, now: datetime) -> None:
    found = choose(plan, reach, refused, now)
    if not isinstance(found, Choice) or found.channel is Channel.INBOX:
        return
    contact, channel = found.contact, found.channel
    assert contact in reach.contacts
    assert contact is not None
    assert contact.follow_state is not FollowState.LEFT
    assert plan.closed.get((contact.account_id, channel), now) <= now
    assert (found.binding is not None) is (channel in {Channel.SUBSCRIBE, Channel.NOTICE, Channel.TEMPLATE})
    if channel in {Channel.TEMPLATE, Channel.MASS}:
        assert contact.follow_state is FollowState.FOLLOWING
    if channel in {Channel.TEMPLATE, Channel.MASS, Channel.NOTICE, Channel.SUBSCRIBE}:
        assert (contact.kind is AccountKind.MINIPROGRAM) is (channel is Channel.SUBSCRIBE)
    if found.binding is not None:
        assert (found.binding.account_id, found.binding.channel) == (contact.account_id, channel)
    assert found.credit is None or (found.credit.left > 0 and not found.credit.lasting)


def _rungs(plan: Plan, reach: Reach, refused: int, now: datetime) -> list[Choice | Wait | Unreachable]:
    """What each rung answers when it stands alone."""
    open_ = [channel for channel in plan.ladder if not refused & BITS[channel]]
    return [choose(replace(plan, ladder=(channel,)), reach, 0, now) for channel in open_]


@steady
@given(PLANS, REACHES, st.just(0) | REFUSED, MOMENTS)
def test_the_first_rung_that_reaches_her_is_taken(plan: Plan, reach: Reach, refused: int, now: datetime) -> None:
    found = choose(plan, reach, refused, now)
    reaching = [answer for answer in _rungs(plan, reach, refused, now) if not isinstance(answer, Unreachable)]
    if not reaching:
        assert isinstance(found, Unreachable | Wait)  # a wait for the morning, should every rung have said no
    elif plan.priority is not Priority.EMERGENCY:
        assert found == reaching[0]
    elif choices := [answer for answer in reaching if isinstance(answer, Choice)]:
        assert found == choices[0]
    else:
        assert found == Wait(min(answer.until for answer in reaching if isinstance(answer, Wait)))
