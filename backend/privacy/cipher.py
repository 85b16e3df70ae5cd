"""Encrypts single fields: AES-256-GCM, with the id of its key before each ciphertext."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.errors import Misconfigured

NONCE = 12


class FieldCipher:
    """`keys` maps id → 32 bytes; the first encrypts. `purpose` binds a ciphertext to its column."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self.current = next(iter(keys))
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the keys, the one that encrypts first."""
        return tuple(self._ciphers)

    def encrypt(self, text: str, purpose: str) -> str:
        return f"{self.current}:{base64.b64encode(self._sealed(text.encode(), purpose)).decode()}"

    def decrypt(self, stored: str, purpose: str) -> str:
        """Raises Misconfigured when the key is gone, the text belongs to another column, or is damaged."""
        name, _, encoded = stored.partition(":")
        try:
            raw = base64.b64decode(encoded)
        except ValueError as error:
            raise _wrong(name) from error
        return self._opened(name, raw, purpose).decode()

    def seal(self, data: bytes, purpose: str) -> bytes:
        """As `encrypt`, for a store that takes bytes: a quarter shorter."""
        return f"{self.current}:".encode() + self._sealed(data, purpose)

    def unseal(self, stored: bytes, purpose: str) -> bytes:
        """Raises as `decrypt` does."""
        name, _, raw = stored.partition(b":")
        return self._opened(name.decode(errors="replace"), raw, purpose)

    def _sealed(self, data: bytes, purpose: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._ciphers[self.current].encrypt(nonce, data, purpose.encode())

    def _opened(self, name: str, raw: bytes, purpose: str) -> bytes:
        if name not in self._ciphers:
            raise Misconfigured("data_key_missing", f"TONGXIN_DATA_KEYS 里缺少编号为「{name}」的钥匙。")
        try:
            return self._ciphers[name].decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise _wrong(name) from error


def _wrong(name: str) -> Misconfigured:
    return Misconfigured("data_key_wrong", f"编号为「{name}」的钥匙打不开已存的数据。")
