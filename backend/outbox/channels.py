"""By which channel a person is reached: one pure rule over what is known of her (protocol sheet §4.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from backend.outbox import rules
from backend.subscriptions.queries import Binding
from models.accounts import AccountKind
from models.deliveries import Channel, Priority
from models.followers import FollowState, Interaction


class Manner(StrEnum):
    """What a source keeps to. A source that does without one is logged."""

    QUIET = "quiet"  # nothing at night
    CAP = "cap"  # not more than a few a day
    MUTE = "mute"  # nothing to who asked for thirty days of silence


ALL_MANNERS = frozenset(Manner)

MOST_A_DAY = 2
MASS_A_MONTH = 4
LONG_WINDOW, LONG_COUNT = timedelta(hours=48), 5
SHORT_WINDOW, SHORT_COUNTS = timedelta(seconds=60), {Interaction.ENTER: 2}
SHORT_COUNT = 3
MARGIN = timedelta(seconds=2)
"""A window is taken for closed so much earlier: the message has to arrive within it."""

AWAY_FOR = timedelta(days=7)
"""So long after the platform said that an account cannot write to her, broadcasts leave her out."""

BITS = {channel: 1 << number for number, channel in enumerate(Channel)}


@dataclass(slots=True)
class Contact:
    """One identity of the person, as one account knows her."""

    follower_id: int
    account_id: int
    kind: AccountKind
    openid: str
    follow_state: FollowState = FollowState.FOLLOWING
    last_message_at: datetime | None = None
    last_interaction_at: datetime | None = None
    last_interaction: Interaction | None = None
    muted_until: datetime | None = None
    refused_at: datetime | None = None
    refused: int | None = None
    sent_in_long: int = 0  # customer-service messages since `last_message_at`
    sent_in_short: int = 0  # and since `last_interaction_at`
    mass_this_month: int = 0


@dataclass(slots=True)
class Credit:
    id: int
    left: int
    lasting: bool


@dataclass(slots=True)
class Reach:
    """All that is known of one person. `credits` by identity and template; `today`: broadcasts she got in a day."""

    contacts: list[Contact]
    credits: dict[tuple[int, str], Credit] = field(default_factory=dict)
    today: int = 0

    def learn(self, other: "Reach") -> None:
        """What another look at her showed: it asked for other things, and may be the newer."""
        mine = {contact.follower_id: contact for contact in self.contacts}
        for contact in other.contacts:
            known = mine.setdefault(contact.follower_id, contact)
            known.sent_in_long = max(known.sent_in_long, contact.sent_in_long)
            known.sent_in_short = max(known.sent_in_short, contact.sent_in_short)
            known.mass_this_month = max(known.mass_this_month, contact.mass_this_month)
        self.contacts = list(mine.values())
        self.credits = {**other.credits, **self.credits}
        self.today = max(self.today, other.today)

    def note(self, choice: "Choice", capped: bool) -> None:
        """Something is about to be sent to her."""
        self.today += capped
        if choice.credit is not None:
            choice.credit.left -= 1
        if choice.contact is not None and choice.channel is Channel.CUSTOM:
            choice.contact.sent_in_long += 1
            choice.contact.sent_in_short += 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a source asks for. `closed` answers until when an account's channel is not asked for, if it is."""

    ladder: tuple[Channel, ...]
    manners: frozenset[Manner]
    priority: Priority
    expires_at: datetime
    bindings: Mapping[tuple[int, Channel], Binding]
    closed: Mapping[tuple[int, Channel], datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Choice:
    channel: Channel
    contact: Contact | None = None
    binding: Binding | None = None
    credit: Credit | None = None  # to be spent


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Unreachable:
    reason: str


NO_CHANNEL, MUTED, CAPPED, LEFT = "no_channel", "muted", "capped", "left"


def choose(plan: Plan, reach: Reach, refused: int, now: datetime) -> Choice | Wait | Unreachable:
    """The first rung of the ladder that reaches her. `refused` are the bits of the channels that said no already."""
    held = _held_back(plan, reach, now)
    if held is not None:
        return held if isinstance(held, Wait) else _inbox(plan) or held
    wait: datetime | None = None
    for channel in plan.ladder:
        if refused & BITS[channel]:
            continue
        found = _by(channel, plan, reach, now)
        if isinstance(found, Choice):
            # An emergency does not rest in the inbox while a channel that would reach her is closed for a moment.
            return Wait(wait) if wait is not None and channel is Channel.INBOX else found
        if isinstance(found, datetime):
            wait = found if wait is None else min(wait, found)
            if plan.priority is not Priority.EMERGENCY:
                return Wait(found)
    if wait is not None:
        return Wait(wait)
    return Unreachable(_why_not(reach))


def _held_back(plan: Plan, reach: Reach, now: datetime) -> Wait | Unreachable | None:
    """Good manners, before any channel is asked."""
    if Manner.MUTE in plan.manners and any(c.muted_until and c.muted_until > now for c in reach.contacts):
        return Unreachable(MUTED)
    if Manner.CAP in plan.manners and plan.priority is Priority.BROADCAST and reach.today >= MOST_A_DAY:
        return Unreachable(CAPPED)
    if Manner.QUIET in plan.manners and (morning := rules.quiet_until(now)):
        return Wait(morning) if morning < plan.expires_at else Unreachable(rules.EXPIRED)
    return None


def _inbox(plan: Plan) -> Choice | None:
    """Who must not be disturbed still finds it when she looks."""
    return Choice(Channel.INBOX) if Channel.INBOX in plan.ladder else None


def _by(channel: Channel, plan: Plan, reach: Reach, now: datetime) -> Choice | datetime | None:
    """How the channel reaches her; or when it can be asked again; or not at all."""
    if channel is Channel.INBOX:
        return Choice(channel)
    opens: datetime | None = None
    for contact in reach.contacts:
        found = _RULES[channel](plan, reach, contact, now)
        if found is None or _is_away(plan, contact, now):
            continue
        until = plan.closed.get((contact.account_id, channel))
        if until is None or until <= now:
            return found
        opens = until if opens is None else min(opens, until)
    return opens if opens is not None and opens < plan.expires_at else None


def _is_away(plan: Plan, contact: Contact, now: datetime) -> bool:
    recently = contact.refused_at is not None and now - contact.refused_at < AWAY_FOR
    return contact.follow_state is FollowState.LEFT or (recently and plan.priority is Priority.BROADCAST)


def _subscribe(plan: Plan, reach: Reach, contact: Contact, _now: datetime) -> Choice | None:
    return _by_consent(Channel.SUBSCRIBE, AccountKind.MINIPROGRAM, plan, reach, contact)


def _notice(plan: Plan, reach: Reach, contact: Contact, _now: datetime) -> Choice | None:
    return _by_consent(Channel.NOTICE, AccountKind.OFFICIAL, plan, reach, contact)


def _by_consent(channel: Channel, kind: AccountKind, plan: Plan, reach: Reach, contact: Contact) -> Choice | None:
    binding = plan.bindings.get((contact.account_id, channel))
    if binding is None or contact.kind is not kind:
        return None
    credit = reach.credits.get((contact.follower_id, binding.template_id))
    if credit is None or not (credit.lasting or credit.left > 0):
        return None
    return Choice(channel, contact, binding, None if credit.lasting else credit)


def _template(plan: Plan, _reach: Reach, contact: Contact, _now: datetime) -> Choice | None:
    binding = plan.bindings.get((contact.account_id, Channel.TEMPLATE))
    follows = contact.kind is AccountKind.OFFICIAL and contact.follow_state is FollowState.FOLLOWING
    return Choice(Channel.TEMPLATE, contact, binding) if binding and follows else None


def _custom(_plan: Plan, _reach: Reach, contact: Contact, now: datetime) -> Choice | None:
    return Choice(Channel.CUSTOM, contact) if window_is_open(contact, now) else None


def window_is_open(contact: Contact, now: datetime) -> bool:
    """Two windows side by side; neither adds to the other (§4.5)."""
    long, short = contact.last_message_at, contact.last_interaction_at
    if long and now - long < LONG_WINDOW - MARGIN and contact.sent_in_long < LONG_COUNT:
        return True
    if short is None or contact.last_interaction is None or contact.last_interaction is Interaction.MESSAGE:
        return False
    count = SHORT_COUNTS.get(contact.last_interaction, SHORT_COUNT)
    return now - short < SHORT_WINDOW - MARGIN and contact.sent_in_short < count


def _mass(_plan: Plan, _reach: Reach, contact: Contact, _now: datetime) -> Choice | None:
    follows = contact.kind is AccountKind.OFFICIAL and contact.follow_state is FollowState.FOLLOWING
    return Choice(Channel.MASS, contact) if follows and contact.mass_this_month < MASS_A_MONTH else None


_RULES = {
    Channel.SUBSCRIBE: _subscribe,
    Channel.NOTICE: _notice,
    Channel.TEMPLATE: _template,
    Channel.CUSTOM: _custom,
    Channel.MASS: _mass,
}


def _why_not(reach: Reach) -> str:
    gone = all(contact.follow_state is FollowState.LEFT for contact in reach.contacts)
    return LEFT if gone and reach.contacts else NO_CHANNEL
