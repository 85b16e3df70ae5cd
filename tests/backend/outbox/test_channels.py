"""By which channel a person is reached: each channel's conditions (protocol sheet §4.0 to §4.5)."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from backend.outbox.channels import (
    BITS,
    Choice,
    Contact,
    Credit,
    Reach,
    Unreachable,
    choose,
    window_is_open,
)
from models.deliveries import Channel, Priority
from models.followers import FollowState, Interaction
from tests.backend.outbox.contacts import BINDINGS, LEAST, NOON, SERVICE, allowing, ask, follower, heard, plan, visitor

# Consents: the mini-program's subscribe message (§4.3) and the service account's notice (§4.2)


@pytest.mark.parametrize(("channel", "contact"), [(Channel.SUBSCRIBE, visitor()), (Channel.NOTICE, follower())])
def test_a_consent_allows_a_message_and_is_spent(channel: Channel, contact: Contact) -> None:
    reach = allowing(contact, channel, left=1)
    (credit,) = reach.credits.values()
    binding = BINDINGS[contact.account_id, channel]
    assert choose(plan(channel), reach, 0, NOON) == Choice(channel, contact, binding, credit)


@pytest.mark.parametrize(("channel", "contact"), [(Channel.SUBSCRIBE, visitor()), (Channel.NOTICE, follower())])
def test_a_lasting_consent_allows_any_number_and_nothing_is_spent(channel: Channel, contact: Contact) -> None:
    found = choose(plan(channel), allowing(contact, channel, left=0, lasting=True), 0, NOON)
    assert isinstance(found, Choice)
    assert found.credit is None


@pytest.mark.parametrize(("channel", "contact"), [(Channel.SUBSCRIBE, visitor()), (Channel.NOTICE, follower())])
@pytest.mark.parametrize("left", [0, -1])
def test_without_a_consent_that_is_left_there_is_no_message(channel: Channel, contact: Contact, left: int) -> None:
    assert choose(plan(channel), allowing(contact, channel, left), 0, NOON) == Unreachable("no_channel")


def test_a_consent_for_another_template_allows_nothing() -> None:
    reach = Reach([visitor()], {(22, "another"): Credit(7, 5, True)})
    assert choose(plan(Channel.SUBSCRIBE), reach, 0, NOON) == Unreachable("no_channel")


def test_a_consent_of_another_identity_allows_nothing() -> None:
    reach = Reach([visitor()], {(23, "subscribe-2"): Credit(7, 5, True)})
    assert choose(plan(Channel.SUBSCRIBE), reach, 0, NOON) == Unreachable("no_channel")


@pytest.mark.parametrize("channel", [Channel.SUBSCRIBE, Channel.NOTICE, Channel.TEMPLATE])
def test_a_kind_of_message_without_a_template_cannot_be_sent_by_one(channel: Channel) -> None:
    for contact in (visitor(), follower()):
        reach = allowing(contact, channel, left=3)
        assert choose(plan(channel, bindings={}), reach, 0, NOON) == Unreachable("no_channel")


def test_a_notice_needs_a_consent_and_no_follow() -> None:
    stranger = follower(follow_state=FollowState.STRANGER)
    assert isinstance(choose(plan(Channel.NOTICE), allowing(stranger, Channel.NOTICE), 0, NOON), Choice)


# Template messages (§4.1) and mass send (§4.4)


@pytest.mark.parametrize("channel", [Channel.TEMPLATE, Channel.MASS])
def test_followers_only_get_template_messages_and_mass_sends(channel: Channel) -> None:
    assert ask(channel, follower())
    assert not ask(channel, follower(follow_state=FollowState.STRANGER))
    assert not ask(channel, follower(follow_state=FollowState.LEFT))
    assert not ask(channel, visitor(follow_state=FollowState.FOLLOWING))  # nobody follows a mini-program


def test_a_template_message_spends_nothing() -> None:
    assert choose(plan(Channel.TEMPLATE), Reach([contact := follower()]), 0, NOON) == Choice(
        Channel.TEMPLATE, contact, BINDINGS[SERVICE, Channel.TEMPLATE]
    )


def test_a_follower_gets_four_mass_messages_a_month() -> None:
    assert [ask(Channel.MASS, follower(mass_this_month=sent)) for sent in range(6)] == [True] * 4 + [False] * 2


# Customer-service messages (§4.5)

HOURS, SECONDS = timedelta(hours=48), timedelta(seconds=60)
MARGIN = timedelta(seconds=2)


@pytest.mark.parametrize("contact", [follower(), visitor(), follower(follow_state=FollowState.STRANGER)])
@pytest.mark.parametrize(
    ("ago", "is_open"),
    [(timedelta(), True), (HOURS - MARGIN - LEAST, True), (HOURS - MARGIN, False), (HOURS, False)],
)
def test_a_message_opens_the_window_for_two_days(contact: Contact, ago: timedelta, is_open: bool) -> None:
    assert ask(Channel.CUSTOM, heard(contact, Interaction.MESSAGE, ago)) is is_open


def test_a_message_opens_the_window_for_five() -> None:
    ago = timedelta(hours=1)
    answers = [ask(Channel.CUSTOM, heard(follower(), Interaction.MESSAGE, ago, sent)) for sent in range(7)]
    assert answers == [True] * 5 + [False] * 2


SHORT = {Interaction.MENU: 3, Interaction.FOLLOW: 3, Interaction.SCAN: 3, Interaction.ENTER: 2}


@pytest.mark.parametrize("what", SHORT)
@pytest.mark.parametrize(
    ("ago", "is_open"),
    [(timedelta(), True), (SECONDS - MARGIN - LEAST, True), (SECONDS - MARGIN, False), (SECONDS, False)],
)
def test_other_interactions_open_it_for_a_minute(what: Interaction, ago: timedelta, is_open: bool) -> None:
    assert ask(Channel.CUSTOM, heard(follower(), what, ago)) is is_open


@pytest.mark.parametrize(("what", "number"), SHORT.items())
def test_other_interactions_open_it_for_so_many(what: Interaction, number: int) -> None:
    ago = timedelta(seconds=5)
    answers = [ask(Channel.CUSTOM, heard(follower(), what, ago, sent)) for sent in range(number + 1)]
    assert answers == [True] * number + [False]


def test_every_interaction_has_its_window() -> None:
    assert set(SHORT) | {Interaction.MESSAGE} == set(Interaction)


def test_who_was_never_heard_of_has_no_window() -> None:
    assert not ask(Channel.CUSTOM, follower())


def test_a_tap_after_a_message_leaves_her_the_longer_window() -> None:
    wrote = heard(follower(), Interaction.MESSAGE, timedelta(hours=5), sent=4)
    tapped = heard(wrote, Interaction.MENU, timedelta(minutes=3), sent=4)
    assert window_is_open(tapped, NOON)


def test_a_tap_opens_it_anew_when_the_five_of_a_message_are_used_up() -> None:
    wrote = heard(follower(), Interaction.MESSAGE, timedelta(hours=5), sent=5)
    assert window_is_open(heard(wrote, Interaction.MENU, timedelta(seconds=5), sent=0), NOON)
    assert not window_is_open(heard(wrote, Interaction.MENU, timedelta(seconds=5), sent=3), NOON)


def test_the_windows_of_a_message_and_a_tap_do_not_add_up() -> None:
    """Five after the message, of which three came after the tap: eight would be the sum."""
    wrote = heard(follower(), Interaction.MESSAGE, timedelta(seconds=20), sent=5)
    assert not window_is_open(heard(wrote, Interaction.MENU, timedelta(seconds=5), sent=3), NOON)


# Who left, and who said no


@pytest.mark.parametrize("channel", [each for each in Channel if each is not Channel.INBOX])
def test_whoever_left_is_reached_by_nothing_that_is_pushed(channel: Channel) -> None:
    gone = heard(follower(follow_state=FollowState.LEFT), Interaction.MESSAGE, timedelta(minutes=1))
    assert choose(plan(channel), allowing(gone, channel, left=3), 0, NOON) == Unreachable("left")


def test_somebody_without_an_account_that_is_active_has_not_left() -> None:
    assert choose(plan(Channel.TEMPLATE), Reach([]), 0, NOON) == Unreachable("no_channel")


def test_whoever_left_one_of_two_accounts_is_reached_at_the_other() -> None:
    contacts = [follower(follow_state=FollowState.LEFT), heard(visitor(), Interaction.MESSAGE, timedelta(hours=1))]
    found = choose(plan(Channel.TEMPLATE, Channel.CUSTOM), Reach(contacts), 0, NOON)
    assert found == Choice(Channel.CUSTOM, contacts[1])
    assert choose(plan(Channel.TEMPLATE), Reach(contacts), 0, NOON) == Unreachable("no_channel")


WEEK = timedelta(days=7)


@pytest.mark.parametrize(("ago", "left_out"), [(timedelta(), True), (WEEK - LEAST, True), (WEEK, False)])
def test_broadcasts_leave_out_for_a_week_whom_the_account_cannot_write_to(ago: timedelta, left_out: bool) -> None:
    refused = follower(refused_at=NOON - ago, refused=48002)
    assert ask(Channel.TEMPLATE, refused, priority=Priority.BROADCAST) is not left_out


@pytest.mark.parametrize("priority", [Priority.PERSONAL, Priority.EMERGENCY])
def test_what_is_for_her_alone_or_urgent_is_tried_all_the_same(priority: Priority) -> None:
    assert ask(Channel.TEMPLATE, follower(refused_at=NOON, refused=48002), priority=priority)


# Several identities


def test_of_two_identities_the_first_that_the_channel_reaches_is_taken() -> None:
    stranger = follower(follow_state=FollowState.STRANGER)
    second = replace(follower(), follower_id=12, openid="o-second")
    found = choose(plan(Channel.TEMPLATE), Reach([stranger, second]), 0, NOON)
    assert isinstance(found, Choice)
    assert found.contact is second


def test_a_member_is_told_through_the_account_the_ladder_names_first() -> None:
    contacts = [follower(), visitor()]
    reach = Reach(contacts, allowing(contacts[1], Channel.SUBSCRIBE).credits)
    by_consent = choose(plan(Channel.SUBSCRIBE, Channel.TEMPLATE), reach, 0, NOON)
    by_template = choose(plan(Channel.TEMPLATE, Channel.SUBSCRIBE), reach, 0, NOON)
    assert isinstance(by_consent, Choice)
    assert isinstance(by_template, Choice)
    assert (by_consent.contact, by_template.contact) == (contacts[1], contacts[0])


# The ladder and its inbox


def test_the_inbox_reaches_everybody_last() -> None:
    ladder = plan(Channel.TEMPLATE, Channel.INBOX)
    assert choose(ladder, Reach([]), 0, NOON) == Choice(Channel.INBOX)
    assert choose(ladder, Reach([contact := follower()]), 0, NOON) == Choice(
        Channel.TEMPLATE, contact, BINDINGS[SERVICE, Channel.TEMPLATE]
    )


def test_a_channel_that_said_no_is_not_asked_again() -> None:
    reach = Reach([heard(follower(), Interaction.MESSAGE, timedelta(hours=1))])
    ladder = plan(Channel.TEMPLATE, Channel.CUSTOM, Channel.MASS)
    refused, taken = 0, []
    while isinstance(found := choose(ladder, reach, refused, NOON), Choice):
        taken.append(found.channel)
        refused |= BITS[found.channel]
    assert taken == [Channel.TEMPLATE, Channel.CUSTOM, Channel.MASS]
    assert found == Unreachable("no_channel")


def test_every_channel_has_a_bit_of_its_own() -> None:
    assert all(one < other and not one & other for one, other in pairwise(sorted(BITS.values())))
    assert set(BITS) == set(Channel)
