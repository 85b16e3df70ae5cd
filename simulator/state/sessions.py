"""Session keys of mini-program users, and data that the client gets encrypted with them (protocol §9.1, §9.2)."""

import base64
import hashlib
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from simulator.shapes import JsonObject, dump
from simulator.state.records import Session
from simulator.state.world import Desk

REMEMBERED = 10_000


def renew(desk: Desk, pid: str, now: float) -> str:
    """A new key; the one before no longer opens anything."""
    desk.sessions[pid] = Session(base64.b64encode(os.urandom(16)).decode(), now)
    return desk.sessions[pid].key


def encrypted(desk: Desk, session: Session, data: JsonObject, now: float) -> JsonObject:
    """As wx.getUserInfo and its like hand it to the page: AES-128-CBC over the data with its watermark."""
    plain = dump(data | {"watermark": {"timestamp": int(now), "appid": desk.app_id}})
    iv = os.urandom(16)
    sealed = base64.b64encode(_sealed(base64.b64decode(session.key), iv, plain)).decode()
    _remember(desk, sealed, now)
    raw = dump(data).decode()
    signature = hashlib.sha1((raw + session.key).encode()).hexdigest()  # noqa: S324 - the platform's choice
    return {
        "encryptedData": sealed,
        "iv": base64.b64encode(iv).decode(),
        "rawData": raw,
        "signature": signature,
    }


def _sealed(key: bytes, iv: bytes, plain: bytes) -> bytes:
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def _remember(desk: Desk, sealed: str, now: float) -> None:
    desk.encrypted[hashlib.sha256(sealed.encode()).hexdigest()] = now
    if len(desk.encrypted) > REMEMBERED:
        del desk.encrypted[next(iter(desk.encrypted))]
