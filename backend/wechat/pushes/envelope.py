"""Opens what the platform pushes and seals what we answer: signatures, AES and nothing else.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
Own code rather than wechatpy's: that one compares in variable time and takes bad padding for an empty message.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32
"""PKCS#7 pads to 32 bytes here, the key's size, not to the 16 of AES."""

STALE_SECONDS = 600
_PREFIX = 16


class EnvelopeError(Exception):
    """`reason` is for the log: the sender learns nothing but the status."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Keys:
    """What one account's envelopes are opened with. The old AES key still opens during a rotation; it never seals."""

    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    previous_aes_key: str = field(repr=False, default="")


@dataclass(frozen=True)
class Stamp:
    """The query of a push. `msg_signature` is empty in plaintext mode."""

    signature: str
    timestamp: str
    nonce: str
    msg_signature: str = ""


def sign(*parts: str) -> str:
    """sha1 over the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check_stamp(stamp: Stamp, token: str, now: float) -> None:
    """The URL check and plaintext pushes. Raises EnvelopeError 403."""
    _check_age(stamp.timestamp, now)
    _compare(stamp.signature, sign(token, stamp.timestamp, stamp.nonce))


def open_sealed(encrypted: str, stamp: Stamp, keys: Keys, now: float) -> bytes:
    """The message inside a safe-mode push. Raises EnvelopeError 403 (not the platform) or 400 (not readable)."""
    _check_age(stamp.timestamp, now)
    _compare(stamp.msg_signature, sign(keys.token, stamp.timestamp, stamp.nonce, encrypted))
    sealed = _decode(encrypted)
    for key in (keys.aes_key, keys.previous_aes_key):
        message = _unpack(_decrypt(sealed, key), keys.app_id) if key else None
        if message is not None:
            return message
    raise EnvelopeError("no key opens it", 400)


@dataclass(frozen=True)
class Sealed:
    """An encrypted answer: the four elements the platform expects, in XML or JSON alike."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


def seal(message: bytes, keys: Keys, timestamp: int, nonce: str, prefix: bytes | None = None) -> Sealed:
    """`prefix` is random; only the test vectors give one."""
    block = (prefix or os.urandom(_PREFIX)) + len(message).to_bytes(4) + message + keys.app_id.encode()
    pad = BLOCK - len(block) % BLOCK
    cipher = _cipher(keys.aes_key).encryptor()
    encrypted = base64.b64encode(cipher.update(block + bytes([pad]) * pad) + cipher.finalize()).decode()
    stamp = str(timestamp)
    return Sealed(encrypted, sign(keys.token, stamp, nonce, encrypted), stamp, nonce)


def _check_age(timestamp: str, now: float) -> None:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise EnvelopeError("no timestamp", 403)
    if abs(now - int(timestamp)) > STALE_SECONDS:
        raise EnvelopeError("stale timestamp", 403)


def _compare(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise EnvelopeError("signature differs", 403)


def _decode(encrypted: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError("not base64", 400) from error
    if not sealed or len(sealed) % 16:
        raise EnvelopeError("not whole blocks", 400)
    return sealed


@functools.lru_cache(maxsize=64)
def _cipher(aes_key: str) -> Cipher[CBC]:
    """Kept: the keys are few, and each use makes a context of its own from it."""
    key = base64.b64decode(aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))


def _decrypt(sealed: bytes, aes_key: str) -> bytes:
    cipher = _cipher(aes_key).decryptor()
    return cipher.update(sealed) + cipher.finalize()


def _unpack(block: bytes, app_id: str) -> bytes | None:
    """None when this is not a block of ours: another key, another account, or damage."""
    pad = block[-1]
    if not 1 <= pad <= BLOCK or block[-pad:] != bytes([pad]) * pad:
        return None
    body = block[_PREFIX:-pad]
    end = 4 + int.from_bytes(body[:4])
    if end > len(body) or not hmac.compare_digest(body[end:], app_id.encode()):
        return None
    return body[4:end]
