"""What the account's server answered to a push, opened and checked (protocol §1.4, §1.7)."""

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from simulator.accounts import Account, PushFormat, PushMode
from simulator.crypto import CryptoError, matches, sign, unseal
from simulator.shapes import JsonObject, dump

SILENT = {b"", b"success"}


class BadReply(Exception):
    """The platform cannot accept this reply; the text says why, in Chinese, for the journal."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A reply without its encryption. `fields` is empty when the server only confirmed."""

    plain: bytes
    fields: JsonObject


def open_reply(account: Account, raw: bytes) -> Opened:
    """Raises BadReply. Confirmations come unencrypted in every mode."""
    if raw in SILENT:
        return Opened(raw, {})
    fields = _parse(account.format, raw)
    if "Encrypt" not in fields:
        if account.mode is PushMode.SAFE:
            raise BadReply("安全模式下回复必须加密")
        return Opened(raw, fields)
    if account.mode is PushMode.PLAIN:
        raise BadReply("明文模式下回复不能加密")
    plain = _decrypt(account, fields)
    return Opened(plain, _parse(account.format, plain))


def check_parties(account: Account, openid: str, fields: JsonObject) -> None:
    """The reply goes back the way the message came. Raises BadReply."""
    if fields.get("ToUserName") != openid:
        raise BadReply("ToUserName 不是发消息的人")
    if fields.get("FromUserName") != account.original_id:
        raise BadReply("FromUserName 不是本账号的原始 ID")
    if not str(fields.get("CreateTime", "")).strip().isdecimal():
        raise BadReply("CreateTime 不是整数")


def _decrypt(account: Account, fields: JsonObject) -> bytes:
    encrypted, timestamp, nonce = (str(fields.get(name, "")) for name in ("Encrypt", "TimeStamp", "Nonce"))
    expected = sign(account.token, timestamp, nonce, encrypted)
    if not matches(expected, str(fields.get("MsgSignature", ""))):
        raise BadReply("MsgSignature 不对")
    try:
        return unseal(account.aes_key, account.app_id, encrypted)
    except CryptoError as closed:
        raise BadReply(f"回复解不开：{closed}") from closed


def _parse(push_format: PushFormat, raw: bytes) -> JsonObject:
    return _from_json(raw) if push_format is PushFormat.JSON else _from_xml(raw)


def _from_json(raw: bytes) -> JsonObject:
    try:
        value = json.loads(raw)
        dump(value)  # refuses lone surrogates
    except (ValueError, RecursionError) as broken:
        raise BadReply("回复不是 JSON") from broken
    if not isinstance(value, dict):
        raise BadReply("回复不是 JSON 对象")
    return value


def _from_xml(raw: bytes) -> JsonObject:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise BadReply("回复的 XML 含有 DOCTYPE")
    try:
        root = ET.fromstring(raw)  # noqa: S314 - without a DOCTYPE there is no entity to expand
    except (ET.ParseError, ValueError) as broken:
        raise BadReply("回复不是 XML") from broken
    if root.tag != "xml":
        raise BadReply("回复的根元素不是 xml")
    value = _value(root)
    if not isinstance(value, dict):
        raise BadReply("回复的 XML 没有内容")
    return value


def _value(element: ET.Element) -> object:
    if not len(element):
        return element.text or ""
    fields: JsonObject = {}
    for child in element:
        value = _value(child)
        if child.tag in fields:
            earlier = fields[child.tag]
            fields[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            fields[child.tag] = value
    return fields
