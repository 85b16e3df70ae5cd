"""Opens what a mini-program's page was given about a person and hands on to us, sealed or signed with her session key.

https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
Own code rather than wechatpy's: that one takes bad padding for an empty text and does not look at the age.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from backend.errors import InvalidInput

STALE_SECONDS = 600


class NotGenuine(InvalidInput):
    """Not from the platform, not for this account, too old, or sealed with an earlier session's key."""

    def __init__(self) -> None:
        super().__init__("disclosure_refused", "微信给的信息已经过期，请退出小程序再进一次。")


def open_sealed(encrypted_data: str, iv: str, session_key: str, app_id: str, now: float) -> Mapping[str, Any]:
    """What is in `encryptedData`; key and iv are base64 as the platform gives them. Raises NotGenuine."""
    try:
        told = json.loads(_decrypt(_bytes(encrypted_data), _bytes(iv), _bytes(session_key)))
        watermark = told["watermark"]
        genuine = watermark["appid"] == app_id and abs(now - int(watermark["timestamp"])) <= STALE_SECONDS
    except (ValueError, KeyError, TypeError):  # base64, padding, JSON: with another key all of them look like noise
        raise NotGenuine from None
    if not genuine:
        raise NotGenuine
    assert isinstance(told, dict)
    return told


def open_signed(raw_data: str, signature: str, session_key: str) -> Mapping[str, Any]:
    """What is in `rawData`, when the platform signed it for this session. Raises NotGenuine."""
    expected = hashlib.sha1((raw_data + session_key).encode(), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise NotGenuine
    told = json.loads(raw_data)
    assert isinstance(told, dict), "the platform signs objects"
    return told


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _decrypt(sealed: bytes, iv: bytes, key: bytes) -> bytes:
    cipher = Cipher(AES128(key), CBC(iv)).decryptor()
    unpadder = PKCS7(AES128.block_size).unpadder()
    return unpadder.update(cipher.update(sealed) + cipher.finalize()) + unpadder.finalize()
