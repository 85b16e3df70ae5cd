"""Somebody with a mark in everything that is held of her, and where marks are found in the database."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from peewee import Field

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions as followers
from backend.followers import hearing
from backend.followers.hearing import Heard
from backend.invitations import actions as invitations
from backend.invitations.actions import Invited
from backend.members.names import pieces
from backend.members.search import phone_digest, token
from backend.outbox.actions import Recipient
from backend.outbox.messages import Message, Source
from backend.privacy.cipher import FieldCipher
from backend.rights import actions as rights
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.runtime import Runtime
from backend.sessions import actions as sessions
from backend.subscriptions import actions as subscriptions
from models.consents import Purpose, Through
from models.deliveries import Channel
from models.followers import Interaction
from models.invitations import InvitationKind
from models.marks import is_sealed, purpose_of
from models.registry import TABLES
from tests import people
from tests.outboxes import source

MARK = "Zqmark"
PHONE = "+8619987654321"


def marked(runtime: Runtime, account: Account, follows: bool = True) -> int:
    """A member of whom every table about members holds something, by the ordinary verbs; her id. The mini-program knows
    her too, under `oMini` and the mark."""
    openid, mini = f"oPerson{MARK}", people.second_account(runtime)
    who = people.follower(account, openid) if follows else people.identity(account, openid)
    as_follower = runtime.outbox.put(_said("as a follower"), Recipient(follower_id=who))
    people.settle_follower(as_follower, who, "delivered")
    soon = clock.now() + timedelta(days=30)
    told = people.application(
        f"{MARK}·禾", unit=f"{MARK} 3-501", skills={"haircut": soon}, topics=frozenset({"jobs", "school"})
    )
    member_id = people.member(runtime, account, openid, PHONE, told)
    other = people.identity(mini, f"oMini{MARK}")
    for each in (who, other):
        runtime.members.recognise(each, f"u{MARK}")
    _live(account, who, openid)
    runtime.members.add_ward(member_id, f"{MARK}·明", clock.now().year - 5, 1)
    runtime.members.withdraw(member_id, Purpose.CONTACT, Through.CHAT)
    looks.record(
        runtime.cipher, member_id, Viewer(f"role {MARK}", f"unit {MARK}", f"staff {MARK}"), [MARK], f"reason {MARK}"
    )
    digest, place = phone_digest(runtime.lookups, PHONE), people.home()
    invitations.put([Invited(digest, PHONE, place)], InvitationKind.HEAD, f"staff {MARK}", None)
    rights.note_copy(member_id)
    sessions.begin(other, f"phone {MARK}")
    _tell(runtime, member_id)
    return member_id


def _live(account: Account, identity_id: int, openid: str) -> None:
    hearing.record([Heard(account.id, openid, clock.timestamp(), Interaction.MESSAGE)])
    followers.mute(identity_id, 30)
    followers.remember_place(identity_id, people.home())
    subscriptions.allow(identity_id, MARK * 5)


def _tell(runtime: Runtime, member_id: int) -> None:
    """Something that waits and something she got, alone and with others."""
    neighbour = people.member(runtime, people.second_account(runtime), "oNeighbour", people.number(7))
    for state in ("", "delivered"):
        for recipients in ([], [Recipient(neighbour)]):
            hers = Recipient(member_id, data={"words": f"data {MARK}"})
            source_id = runtime.outbox.put(_said("everybody" if recipients else "alone"), hers, *recipients)
            if state:
                people.settle(source_id, member_id, state)


def _said(to: str) -> Source:
    words = "to everybody" if to == "everybody" else f"{to} {MARK}"
    return source(Channel.TEMPLATE, message=Message(words))


def traces(runtime: Runtime) -> list[str]:
    """table.column of every value in which a mark, her number or one of its digests stands, ciphertext opened."""
    hers = {MARK.lower(), PHONE[1:], phone_digest(runtime.lookups, PHONE), *_tokens(runtime)}
    return sorted({name for name, text in _values(runtime.cipher) if any(each in text.lower() for each in hers)})


def _tokens(runtime: Runtime) -> set[str]:
    return {str(token(runtime.lookups, piece)) for piece in pieces(f"{MARK}·禾")}


def _values(cipher: FieldCipher) -> Iterator[tuple[str, str]]:
    """Of every column of every table."""
    for table in TABLES:
        rows: Any = table.select().dicts()
        for row, field in product(list(rows), table._meta.sorted_fields):
            if row[field.name] is not None:
                yield f"{table._meta.table_name}.{field.name}", _opened(cipher, field, row[field.name])


def _opened(cipher: FieldCipher, field: Field, value: object) -> str:
    return cipher.decrypt(str(value), purpose_of(field)) if is_sealed(field) and value else str(value)
