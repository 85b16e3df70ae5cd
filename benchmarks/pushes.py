"""Prebuilt pushes in safe mode: distinct messages of many people, as the platform would send them."""

import base64
import hashlib
import os
import time

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from backend.settings import AccountSettings


def openid(number: int) -> str:
    return f"oBench{number:022d}"


def build(
    account: AccountSettings, port: int, count: int, people: int, first_id: int, words: str = "帮助"
) -> list[bytes]:
    """HTTP requests, each a text with a MsgId of its own."""
    return [_request(account, port, _text(openid(n % people), first_id + n, words)) for n in range(count)]


def _text(sender: str, message_id: int, words: str) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[gh_000000000000]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{message_id}</MsgId></xml>"
    ).encode()


def _request(account: AccountSettings, port: int, message: bytes) -> bytes:
    encrypted = _encrypt(account, message)
    stamp, nonce = str(int(time.time())), str(int.from_bytes(os.urandom(4)))
    plain, sealed = _sign(account.token, stamp, nonce), _sign(account.token, stamp, nonce, encrypted)
    query = f"signature={plain}&timestamp={stamp}&nonce={nonce}&encrypt_type=aes&msg_signature={sealed}"
    body = f"<xml><ToUserName><![CDATA[gh_000000000000]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    head = f"POST /wechat/{account.app_id}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _encrypt(account: AccountSettings, message: bytes) -> str:
    key = base64.b64decode(account.aes_key + "=")
    block = os.urandom(16) + len(message).to_bytes(4) + message + account.app_id.encode()
    pad = 32 - len(block) % 32
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(block + bytes([pad]) * pad) + cipher.finalize()).decode()
