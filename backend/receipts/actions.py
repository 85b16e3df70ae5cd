"""Durable receipts: what a message asked to be written is written once, whatever else is lost or killed."""

from collections.abc import Callable
from datetime import timedelta

from backend import clock
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.receipts import rules
from backend.storage.database import in_transaction
from models.marks import purpose_of
from models.receipts import Receipt

_PURPOSE = purpose_of(Receipt.answer)


def once(key: str, cipher: FieldCipher, lookups: Lookups, work: Callable[[], bytes]) -> bytes:
    """Do the work and keep its answer, in one transaction; a repetition gets the kept answer."""
    digest = lookups.digest("receipt", key)

    def unit() -> bytes:
        # The unique digest makes a second transaction wait here until the first has ended.
        row = {"digest": digest, "received_at": clock.now()}
        if not Receipt.insert(row).on_conflict_ignore().as_rowcount().execute():
            return _kept(digest, cipher)
        answer = work()
        if answer:
            Receipt.update(answer=cipher.encrypt(answer.decode(), _PURPOSE)).where(Receipt.digest == digest).execute()
        return answer

    return in_transaction(unit)


def _kept(digest: str, cipher: FieldCipher) -> bytes:
    stored = Receipt.get(Receipt.digest == digest).answer
    return cipher.decrypt(stored, _PURPOSE).encode() if stored else b""


def forget_old(limit: int = 2000) -> int:
    """Delete receipts that no repetition can ask for any more, in a slice; answers how many went."""
    before = clock.now() - timedelta(hours=rules.KEEP_HOURS)

    def work() -> int:
        ids = [row.id for row in Receipt.select(Receipt.id).where(Receipt.received_at < before).limit(limit)]
        return int(Receipt.delete().where(Receipt.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)
