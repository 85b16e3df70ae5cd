"""Reads the durable receipts: what was answered to a message or a request that was worked on before."""

from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from models.marks import purpose_of
from models.receipts import Receipt

PURPOSE = purpose_of(Receipt.answer)


def digest_of(key: str, lookups: Lookups) -> str:
    """What the table holds instead of the key, which may name a person."""
    return lookups.digest("receipt", key)


def kept(key: str, cipher: FieldCipher, lookups: Lookups) -> bytes | None:
    """The first answer; None when nothing was worked on under this key."""
    found = Receipt.get_or_none(Receipt.digest == digest_of(key, lookups))
    if found is None:
        return None
    return cipher.decrypt(found.answer, PURPOSE).encode() if found.answer else b""
