"""Keyed digests, for finding again what is not stored in clear: a person by her telephone, a message worked on before.

Their key is not one of TONGXIN_DATA_KEYS, which change: it lies in the database, sealed with them, and stays.
"""

import base64
import binascii
import functools
import hmac
import secrets
from collections.abc import Iterable

import structlog
from peewee import PeeweeException

from backend import clock
from backend.errors import Misconfigured
from backend.privacy.cipher import FieldCipher
from backend.storage.database import after_commit
from models.base import database
from models.keys import LookupKey
from models.marks import purpose_of

_NAME = "lookups"
_LENGTH = 32
_PURPOSE = purpose_of(LookupKey.key)
log = structlog.get_logger()


class Lookups:
    """The key is made at the first use in the life of a deployment, and kept in memory afterwards."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._known: bytes | None = None

    def digest(self, purpose: str, text: str) -> str:
        """64 characters: the same for the same text and purpose, and useless to whoever has only the table. Raises
        Misconfigured when the key cannot be opened."""
        return _digest(_for_purpose(self._key(), purpose), text)

    def digests(self, purpose: str, texts: Iterable[str]) -> list[str]:
        key = _for_purpose(self._key(), purpose)
        return [_digest(key, text) for text in texts]

    def load(self) -> None:
        """Read or make the key now, for a process that must go on when the database is away."""
        self._key()

    def _key(self) -> bytes:
        if self._known is not None:
            return self._known
        key = self._stored() or self._made()
        if database.in_transaction():
            # Perhaps made in it, and gone with it if it is undone: remembered only when it is there for good.
            after_commit(self._remember)
        else:
            self._known = key
        return key

    def _remember(self) -> None:
        try:
            self._known = self._stored()
        except PeeweeException as error:  # what was committed must not seem to have failed
            log.warning("lookups.not_remembered", error=type(error).__name__)

    def _made(self) -> bytes:
        """Of several who make it at once one does; all of them go on with that one's."""
        key = base64.b64encode(secrets.token_bytes(_LENGTH)).decode()
        row = {"name": _NAME, "key": self._cipher.encrypt(key, _PURPOSE), "created_at": clock.now()}
        LookupKey.insert(row).on_conflict_ignore().execute()
        key_of_all = self._stored()
        assert key_of_all is not None
        return key_of_all

    def _stored(self) -> bytes | None:
        row = LookupKey.get_or_none(LookupKey.name == _NAME)
        return None if row is None else _opened(self._cipher.decrypt(row.key, _PURPOSE))


def _opened(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _LENGTH:
        raise Misconfigured("lookup_key_damaged", "数据库里查找用的钥匙（表 lookup_key）坏了，请从备份里恢复这张表。")
    return key


@functools.lru_cache(maxsize=64)
def _for_purpose(key: bytes, purpose: str) -> bytes:
    """Kept: purposes are few, and each is asked for all day."""
    return hmac.digest(key, purpose.encode(), "sha256")


def _digest(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
