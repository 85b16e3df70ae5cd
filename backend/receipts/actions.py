"""Durable receipts: what a message or a request wants written is written once, whatever is lost or killed."""

from collections.abc import Callable
from datetime import timedelta

from backend import clock
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.receipts import queries, rules
from backend.storage.database import in_transaction
from models.receipts import Receipt


def once(key: str, cipher: FieldCipher, lookups: Lookups, work: Callable[[], bytes]) -> bytes:
    """Do the work and keep its answer, in one transaction; a repetition gets the kept answer."""
    digest = queries.digest_of(key, lookups)

    def unit() -> bytes:
        # The unique digest makes a second transaction wait here until the first has ended.
        row = {"digest": digest, "received_at": clock.now()}
        if not Receipt.insert(row).on_conflict_ignore().as_rowcount().execute():
            return queries.kept(key, cipher, lookups) or b""
        answer = work()
        if answer:
            Receipt.update(answer=cipher.encrypt(answer.decode(), queries.PURPOSE)).where(
                Receipt.digest == digest
            ).execute()
        return answer

    return in_transaction(unit)


def forget_old(limit: int = 2000) -> int:
    """Delete receipts that no repetition can ask for any more, in a slice; answers how many went."""
    before = clock.now() - timedelta(hours=rules.KEEP_HOURS)

    def work() -> int:
        ids = [row.id for row in Receipt.select(Receipt.id).where(Receipt.received_at < before).limit(limit)]
        return int(Receipt.delete().where(Receipt.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)
