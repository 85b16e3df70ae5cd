"""Reads of consents: the texts of today, what somebody agrees to, and her receipts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Expression, ModelSelect, fn

from backend.consents import rules
from backend.consents.rules import Current
from backend.storage.dialects import run
from models.consents import Consent, ConsentReceipt, ConsentText, Purpose, Through


@dataclass(frozen=True, slots=True)
class Text:
    purpose: Purpose
    version: int
    title: str
    body: str
    required: bool
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One purpose as it stands with her. `asks_again`: she agreed once, to a text that has changed since."""

    text: Text
    given: bool
    asks_again: bool
    version: int | None
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    id: int
    number: str
    purpose: Purpose
    version: int
    title: str
    body: str
    given: bool
    through: Through
    happened_at: datetime


_CURRENT = (
    "SELECT purpose, MAX(version), MAX(CASE WHEN asks_again THEN version ELSE 1 END) FROM consent_text GROUP BY purpose"
)


def texts() -> list[Text]:
    """The newest of each purpose, in the order of `Purpose`."""
    newest = {row.purpose: row for row in list(ConsentText.select().order_by(ConsentText.version))}
    return [_text(newest[purpose]) for purpose in Purpose if purpose in newest]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a text as it was published."""

    version: int
    title: str
    body: str
    asks_again: bool
    published_at: datetime


def versions(purpose: Purpose) -> list[Edition]:
    """The newest first."""
    rows = ConsentText.select().where(ConsentText.purpose == purpose).order_by(ConsentText.version.desc())
    return [Edition(row.version, row.title, row.body, row.asks_again, row.published_at) for row in rows]


def newest(purpose: Purpose) -> Edition:
    return versions(purpose)[0]


def counted() -> dict[Purpose, int]:
    """How many agree to what is asked today."""
    today = current()
    rows: Any = Consent.select(Consent.purpose, Consent.version, fn.COUNT(Consent.id)).group_by(
        Consent.purpose, Consent.version
    )
    found: dict[Purpose, int] = {}
    for purpose, version, count in rows.tuples():
        if rules.stands(version, today[purpose]):
            found[purpose] = found.get(purpose, 0) + count
    return found


def current() -> dict[Purpose, Current]:
    """What an agreement must be to."""
    rows = run(_CURRENT).fetchall()
    return {Purpose(purpose): Current(Purpose(purpose), version, since) for purpose, version, since in rows}


def given(member_id: int) -> dict[Purpose, int]:
    """Purpose → the version she agreed to last, whether that is enough today or not."""
    rows = Consent.select(Consent.purpose, Consent.version).where(Consent.member == member_id)
    return {row.purpose: row.version for row in rows}


def last_words(*member_ids: int) -> dict[Purpose, tuple[int, bool, datetime]]:
    """Purpose → the version, whether she agreed or took it back, and when, by the last of her receipts; of several,
    as if they were one."""
    row = ConsentReceipt
    rows = row.select().where(row.member.in_(member_ids)).order_by(row.happened_at, row.id)
    return {each.purpose: (each.version, each.given, each.happened_at) for each in rows}


def stands(member_id: int, purpose: Purpose) -> bool:
    row = Consent.get_or_none((Consent.member == member_id) & (Consent.purpose == purpose))
    return row is not None and rules.stands(row.version, current()[purpose])


def standing(member_id: int) -> list[Standing]:
    """Every purpose, in the order of `Purpose`."""
    rows = {row.purpose: row for row in Consent.select().where(Consent.member == member_id)}
    today = current()
    return [_standing(text, rows.get(text.purpose), today[text.purpose]) for text in texts()]


def agreeing(purpose: Purpose) -> "ModelSelect[Any]":
    """The ids of all who agree to it today: for an audience, which the database copies."""
    return Consent.select(Consent.member).where(agrees(purpose))


def agrees(purpose: Purpose) -> Expression:
    """Over `Consent`: that it is one to this, as it is asked today."""
    enough: Expression = (Consent.purpose == purpose) & (Consent.version >= current()[purpose].since)
    return enough


def receipts(member_id: int, before: int | None = None, limit: int = 50) -> list[ReceiptView]:
    """Hers, the newest first, those before the receipt with this id."""
    row, text = ConsentReceipt, ConsentText
    mine = row.member == member_id if before is None else (row.member == member_id) & (row.id < before)
    same = (text.purpose == row.purpose) & (text.version == row.version)
    found = row.select(row, text.title, text.body).join(text, on=same, attr="text").where(mine)
    return [_receipt(each) for each in found.order_by(row.id.desc()).limit(limit)]


def _text(row: ConsentText) -> Text:
    return Text(row.purpose, row.version, row.title, row.body, row.purpose in rules.REQUIRED, row.published_at)


def _standing(text: Text, row: Consent | None, today: Current) -> Standing:
    version = None if row is None else row.version
    enough = rules.stands(version, today)
    return Standing(text, enough, row is not None and not enough, version, None if row is None else row.given_at)


def _receipt(row: Any) -> ReceiptView:
    """Of a row that was read with its text."""
    text = row.text
    return ReceiptView(
        row.id, row.number, row.purpose, row.version, text.title, text.body, row.given, row.through, row.happened_at
    )
