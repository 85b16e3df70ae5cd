"""Signature and encryption of pushes and replies (protocol §1.2 to §1.4), independent of the backend's.

Source: https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PREFIX = 16
BLOCK = 32  # the platform pads to 32 although AES works in blocks of 16


class CryptoError(Exception):
    """The text cannot be opened with this account's key."""


def sign(*parts: str) -> str:
    """sha1 over the parts, sorted and joined. Without Encrypt: `signature`; with it: `msg_signature`."""
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined).hexdigest()  # noqa: S324 - the platform's choice


def matches(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


def seal(aes_key: str, app_id: str, message: bytes, prefix: bytes | None = None) -> str:
    """The Encrypt text. `prefix` (16 bytes) is random unless a test vector fixes it."""
    head = (prefix or os.urandom(PREFIX)) + struct.pack(">I", len(message))
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(_pad(head + message + app_id.encode())) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def unseal(aes_key: str, app_id: str, encrypted: str) -> bytes:
    """The message inside Encrypt. Raises CryptoError when the padding, the length or the app id is wrong."""
    plain = _unpad(_decrypt(aes_key, encrypted))
    if len(plain) < PREFIX + 4:
        raise CryptoError("too short")
    end = PREFIX + 4 + int(struct.unpack(">I", plain[PREFIX : PREFIX + 4])[0])
    if end > len(plain):
        raise CryptoError("length field beyond the text")
    if plain[end:] != app_id.encode():
        raise CryptoError("foreign app id")
    return plain[PREFIX + 4 : end]


def _decrypt(aes_key: str, encrypted: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise CryptoError("not base64") from broken
    if not sealed or len(sealed) % 16:
        raise CryptoError("not a whole number of blocks")
    decryptor = _cipher(aes_key).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


@lru_cache(maxsize=64)
def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _pad(plain: bytes) -> bytes:
    count = BLOCK - len(plain) % BLOCK
    return plain + bytes([count]) * count


def _unpad(padded: bytes) -> bytes:
    count = padded[-1]
    if not 1 <= count <= BLOCK or padded[-count:] != bytes([count]) * count:
        raise CryptoError("bad padding")
    return padded[:-count]
