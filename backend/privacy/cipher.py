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
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), purpose.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, purpose: str) -> str:
        """Raises Misconfigured when the key is gone, the text belongs to another column, or is damaged."""
        name, _, encoded = stored.partition(":")
        if name not in self._ciphers:
            raise Misconfigured("data_key_missing", f"TONGXIN_DATA_KEYS 里缺少编号为「{name}」的钥匙。")
        try:
            raw = base64.b64decode(encoded)
            return self._ciphers[name].decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Misconfigured("data_key_wrong", f"编号为「{name}」的钥匙打不开已存的数据。") from error
