"""Writes what people agree to and take back, each time with a receipt; and the texts. Inside the caller's transaction,
as far as it is about a member: what relied on a consent changes with it (`backend.members.actions`)."""

import secrets
from collections.abc import Collection

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.consents import queries
from backend.consents.rules import Agreement
from backend.consents.texts import FIRST
from backend.errors import InvalidInput
from backend.permissions import EVERYWHERE, Action, Actor
from backend.storage.database import in_transaction
from backend.storage.statements import insert_all
from models.audit import Outcome
from models.consents import Consent, ConsentReceipt, ConsentText, Purpose, Through


def publish_first() -> None:
    """Purposes without a text get the one that is delivered with the house."""

    def work() -> None:
        known = {row.purpose for row in ConsentText.select(ConsentText.purpose).distinct()}
        for purpose, (title, body) in FIRST.items():
            if purpose not in known:
                row = {"purpose": purpose, "version": 1, "title": title, "body": body, "published_at": clock.now()}
                ConsentText.insert(row).on_conflict_ignore().execute()

    in_transaction(work)


def publish(purpose: Purpose, title: str, body: str, asks_again: bool = True) -> int:
    """A new version; answers its number. With `asks_again` nobody has agreed to it yet."""
    if not title.strip() or not body.strip() or len(title) > 64:
        raise InvalidInput("text_invalid", "标题和正文都要写，标题最多 64 个字。")

    def work() -> int:
        # Held first: of two who publish at once the second counts on from the first.
        ConsentText.update(purpose=purpose).where(ConsentText.purpose == purpose).execute()
        version: int = queries.current()[purpose].version + 1
        ConsentText.create(
            purpose=purpose, version=version, title=title, body=body, asks_again=asks_again, published_at=clock.now()
        )
        return version

    return in_transaction(work)


def publish_as(audit: Audit, actor: Actor, purpose: Purpose, title: str, body: str, asks_again: bool) -> int:
    """As `publish`, by somebody of the staff. Raises Forbidden."""
    actor.require(Action.EDIT_TEXTS, EVERYWHERE)

    def work() -> int:
        version = publish(purpose, title, body, asks_again)
        facts = {"version": version, "asks_again": int(asks_again)}
        audit.record(actor, Action.EDIT_TEXTS, Subject("text", purpose.value), Outcome.DONE, **facts)
        return version

    return in_transaction(work)


def give_first(member_id: int, agreements: Collection[Agreement], through: Through) -> None:
    """She has just become a member: all that she agrees to, in two statements. Inside the caller's transaction."""
    now = clock.now()
    rows = [{"member": member_id, "purpose": each.purpose, "version": each.version} for each in agreements]
    insert_all(Consent, [{**row, "given_at": now} for row in rows])
    told = {"given": True, "through": through, "happened_at": now}
    insert_all(ConsentReceipt, [{**row, **told, "number": receipt_number("T")} for row in rows])


def give(member_id: int, agreement: Agreement, through: Through) -> str:
    """She agrees; answers the number of the receipt. The caller has seen that the version is the one of today."""
    purpose, version = agreement.purpose, agreement.version
    mine = (Consent.member == member_id) & (Consent.purpose == purpose)
    if not Consent.update(version=version, given_at=clock.now()).where(mine).execute():
        Consent.create(member=member_id, purpose=purpose, version=version, given_at=clock.now())
    return _receipt(member_id, purpose, version, through, given=True)


def withdraw(member_id: int, purpose: Purpose, through: Through) -> str | None:
    """She takes it back; answers the number of the receipt, None when there was nothing to take back."""
    mine = (Consent.member == member_id) & (Consent.purpose == purpose)
    row = Consent.get_or_none(mine)
    if row is None or not Consent.delete().where(mine).execute():
        return None
    return _receipt(member_id, purpose, row.version, through, given=False)


def heed(member_id: int) -> list[Purpose]:
    """Two registrations were joined, and on each purpose her last word counts; answers what she took back by it."""
    last = queries.last_words(member_id)
    for purpose, (version, given, at) in last.items():
        mine = (Consent.member == member_id) & (Consent.purpose == purpose)
        if given:
            Consent.update(version=version, given_at=at).where(mine, Consent.version != version).execute()
        else:
            Consent.delete().where(mine).execute()
    return [purpose for purpose, (_, given, _) in last.items() if not given]


def forget(member_id: int) -> None:
    """She is gone: the receipts stay, of nobody."""
    Consent.delete().where(Consent.member == member_id).execute()
    ConsentReceipt.update(member=None).where(ConsentReceipt.member == member_id).execute()


def _receipt(member_id: int, purpose: Purpose, version: int, through: Through, given: bool) -> str:
    number = receipt_number("T")
    ConsentReceipt.create(
        number=number,
        member=member_id,
        purpose=purpose,
        version=version,
        given=given,
        through=through,
        happened_at=clock.now(),
    )
    return number


def receipt_number(kind: str) -> str:
    """Says the day and nothing else: T20261122-7F3A9C21."""
    return f"{kind}{clock.beijing(clock.now()):%Y%m%d}-{secrets.token_hex(4).upper()}"
