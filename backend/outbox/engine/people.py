"""The parcels of a block that was claimed, each with what is known of its person. Inside the claim's transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from backend import clock
from backend.outbox.channels import LONG_WINDOW, Contact, Credit, Manner, Reach
from backend.outbox.engine.claims import people_of, table_of, together
from backend.outbox.engine.parcels import Block, Parcel
from backend.storage.dialects import fetch, marks, moment, naive, run
from models.accounts import AccountKind
from models.deliveries import Channel, DeliveryState
from models.followers import FollowState, Interaction

_CONTACT = (
    "i.id, i.account_id, a.kind, i.openid, i.follow_state, i.last_message_at, i.last_interaction_at, "
    "i.last_interaction, i.muted_until, i.refused_at, i.refused"
)
_JOINS = {
    "member_id": "LEFT JOIN wechat_identity i ON i.member_id = d.member_id",
    "follower_id": "LEFT JOIN wechat_identity i ON i.id = d.follower_id",
}
_ORDER = itemgetter(0, 9)
"""By delivery, and by identity within it."""

_SENT = "('sending', 'accepted', 'delivered', 'failed', 'uncertain')"


def load_waiting(block: Block, now: datetime, accounts: Collection[int]) -> list[Parcel]:
    """Those due, as `load`. Their lane is ours: it need not be written that they are claimed, only, with their intent,
    that nobody took them back before it (`Parcel.fresh`)."""
    found = _load(block, now, accounts, "d.state = 'pending' AND (d.due_at IS NULL OR d.due_at <= ?)", naive(now))
    for parcel in found:
        parcel.state, parcel.fresh = DeliveryState.CLAIMED, True
    return found


def load(block: Block, now: datetime, accounts: Collection[int]) -> list[Parcel]:
    """Those claimed, with their identities at these accounts."""
    return _load(block, now, accounts, "d.state = 'claimed'")


def _load(block: Block, now: datetime, accounts: Collection[int], which: str, *values: object) -> list[Parcel]:
    column, first, last = people_of(block.lane)
    rows = fetch(
        f"d.id, d.{column}, d.state, d.channel, d.attempts, d.refused, d.intended_at, d.data, d.reason, {_CONTACT}",
        f"FROM {table_of(block.lane, 'd')} {_JOINS[column]} LEFT JOIN wechat_account a ON a.id = i.account_id "
        f"WHERE d.source_id = ? AND d.{column} BETWEEN ? AND ? AND {which} AND {together(block.mass)}",
        block.assignment.source_id, first, last, *values,
    )  # fmt: skip
    only = block.assignment.message.account_id
    wanted = {only} & set(accounts) if only else accounts
    parcels = list(_gather(block, sorted(rows, key=_ORDER), column, wanted))
    _learn(parcels, block, now)
    return parcels


def _gather(block: Block, rows: Sequence[Any], column: str, accounts: Collection[int]) -> Iterator[Parcel]:
    """One parcel of the rows that differ only in the identity."""
    current: Parcel | None = None
    for row in rows:
        if current is None or current.id != row[0]:
            if current is not None:
                yield current
            current = _parcel(block, row, column)
        if row[10] in accounts:
            current.reach.contacts.append(_contact(row[9:]))
    if current is not None:
        yield current


# Looked up for every row: several times as fast as calling the enumeration.
_STATES = {each.value: each for each in DeliveryState}
_CHANNELS = {each.value: each for each in Channel}
_INTERACTIONS = {each.value: each for each in Interaction}
_FOLLOWS = {each.value: each for each in FollowState}
_KINDS = {each.value: each for each in AccountKind}


def _parcel(block: Block, row: Any, column: str) -> Parcel:
    return Parcel(
        id=row[0],
        person=row[1] if column == "member_id" else ~row[1],
        block=block,
        reach=Reach([]),
        data=row[7],
        state=_STATES[row[2]],
        channel=_CHANNELS[row[3]] if row[3] else None,
        attempts=row[4],
        refused=row[5],
        intended_at=moment(row[6]),
        reason=row[8],
        repeats=row[6] is not None,
    )


def _contact(part: Any) -> Contact:
    return Contact(
        follower_id=part[0],
        account_id=part[1],
        kind=_KINDS[part[2]],
        openid=part[3],
        follow_state=_FOLLOWS[part[4]],
        last_message_at=moment(part[5]),
        last_interaction_at=moment(part[6]),
        last_interaction=_INTERACTIONS[part[7]] if part[7] else None,
        muted_until=moment(part[8]),
        refused_at=moment(part[9]),
        refused=part[10],
    )


def _learn(parcels: list[Parcel], block: Block, now: datetime) -> None:
    """What is not in her identity's row, and only as far as the source's ladder and manners ask for it."""
    plan = block.assignment.plan
    if {Channel.SUBSCRIBE, Channel.NOTICE} & set(plan.ladder) and plan.bindings:
        _learn_credits(parcels, {binding.template_id for binding in plan.bindings.values()})
    if Channel.CUSTOM in plan.ladder:
        _learn_windows(parcels, now)
    if Channel.MASS in plan.ladder:
        _learn_mass(parcels, block, now)
    if Manner.CAP in plan.manners:
        _learn_today(parcels, block, now)


def _learn_credits(parcels: list[Parcel], template_ids: set[str]) -> None:
    people = {contact.follower_id: parcel.reach for parcel in parcels for contact in parcel.reach.contacts}
    if not people:
        return
    rows = run(
        "SELECT c.follower_id, c.template_id, c.id, c.left, c.lasting FROM subscription_credit c "
        f"WHERE c.follower_id IN {marks(people)} AND c.template_id IN {marks(template_ids)}",
        *people, *template_ids,
    )  # fmt: skip
    for follower_id, template_id, credit_id, left, lasting in rows.fetchall():
        people[follower_id].credits[follower_id, template_id] = Credit(credit_id, left, bool(lasting))


def _learn_windows(parcels: list[Parcel], now: datetime) -> None:
    """How many customer-service messages she was sent since her window opened: few people have one open."""
    for parcel in parcels:
        column = "member_id" if parcel.person >= 0 else "follower_id"
        for contact in parcel.reach.contacts:
            for name, since in (("long", contact.last_message_at), ("short", contact.last_interaction_at)):
                if since is not None and now - since < LONG_WINDOW:
                    setattr(contact, f"sent_in_{name}", _sent_since(column, _id(parcel), since))


def _sent_since(column: str, person: int, since: datetime) -> int:
    rows = run(
        f"SELECT COUNT(*) FROM delivery WHERE {column} = ? AND channel = 'custom' AND intended_at >= ? "
        f"AND state IN {_SENT}",
        person, naive(since),
    )  # fmt: skip
    return int(rows.fetchone()[0])


def _id(parcel: Parcel) -> int:
    return parcel.person if parcel.person >= 0 else ~parcel.person


def _learn_mass(parcels: list[Parcel], block: Block, now: datetime) -> None:
    """The platform's month is Beijing's."""
    month = clock.beijing(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = _counts(block, "d.channel = 'mass'", "s.ladder LIKE ?", f"%{Channel.MASS}%", month)
    for parcel in parcels:
        for contact in parcel.reach.contacts:
            contact.mass_this_month = sent.get(_id(parcel), 0)


def _learn_today(parcels: list[Parcel], block: Block, now: datetime) -> None:
    day = now - timedelta(days=1)
    sent = _counts(block, "d.channel <> 'inbox'", "s.priority = 2 AND s.manners LIKE ?", f"%{Manner.CAP}%", day)
    for parcel in parcels:
        parcel.reach.today = sent.get(_id(parcel), 0)


def _counts(block: Block, by: str, sources: str, pattern: str, since: datetime) -> dict[int, int]:
    """Person → how many of other sources' messages she was sent since then.

    Asked by source: those of some days are few, and in each of them her row is found by the same index as here.
    """
    column, first, last = people_of(block.lane)
    others = run(
        f"SELECT s.id FROM delivery_source s WHERE s.id <> ? AND s.created_at > ? AND {sources}",
        block.assignment.source_id, naive(since - timedelta(days=7)), pattern,
    ).fetchall()  # fmt: skip
    counts: dict[int, int] = {}
    for (source_id,) in others:
        rows = run(
            f"SELECT d.{column} FROM {table_of(block.lane, 'd')} WHERE d.source_id = ? AND d.{column} BETWEEN ? AND ? "
            f"AND d.state IN {_SENT} AND d.intended_at >= ? AND {by}",
            source_id, first, last, naive(since),
        )  # fmt: skip
        for (person,) in rows.fetchall():
            counts[person] = counts.get(person, 0) + 1
    return counts
