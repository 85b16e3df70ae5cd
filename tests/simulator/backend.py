"""Answers of an account's server, sealed and opened by wechatpy: a second opinion on the simulator's own crypto."""

import json
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from wechatpy.crypto import WeChatCrypto

from simulator.accounts import Account, PushFormat, PushMode
from tests.simulator.driver import Push, Reply

Fields = dict[str, Any]


def opened(account: Account, push: Push) -> Fields:
    """The content of a push; checks the signature of the account's mode."""
    if account.mode is PushMode.PLAIN:
        return parsed(account, push.body)
    query = push.query
    outer = parsed(account, push.body)
    plain = _crypto(account).decrypt_message(outer, query["msg_signature"], query["timestamp"], query["nonce"])
    return parsed(account, plain.encode() if isinstance(plain, str) else plain)


def parsed(account: Account, raw: bytes) -> Fields:
    value = json.loads(raw) if account.format is PushFormat.JSON else _value(ElementTree.fromstring(raw))
    assert isinstance(value, dict)
    return value


def _value(element: ElementTree.Element) -> Any:
    """Text, None for an empty element, or the children by name; repeated ones become a list."""
    if not len(element):
        return element.text
    fields: Fields = {}
    for child in element:
        earlier = fields.get(child.tag)
        value = _value(child)
        if child.tag in fields:
            value = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        fields[child.tag] = value
    return fields


def written(account: Account, fields: Fields) -> bytes:
    if account.format is PushFormat.JSON:
        return json.dumps(fields, ensure_ascii=False).encode()
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Fields) -> str:
    rows = [(name, item) for name, value in fields.items() for item in _as_list(value)]
    return "".join(f"<{name}>{_inside(value)}</{name}>" for name, value in rows)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _inside(value: Any) -> str:
    return _elements(value) if isinstance(value, dict) else escape(str(value))


def sealed(account: Account, plain: bytes) -> bytes:
    """As wechatpy writes an encrypted reply; in JSON with the same four fields."""
    xml = _crypto(account).encrypt_message(plain.decode(), "415670741", str(int(time.time())))
    if account.format is PushFormat.XML:
        return str(xml).encode()
    return json.dumps(_value(ElementTree.fromstring(xml))).encode()


def answering(account: Account, **content: Any) -> Callable[[Push], Reply]:
    """A server that answers every message and event with this, encrypted unless the mode is plain."""

    def answer(push: Push) -> Reply:
        plain = written(account, reply_fields(opened(account, push), **content))
        return Reply(plain if account.mode is PushMode.PLAIN else sealed(account, plain))

    return answer


def reply_fields(pushed: Fields, **content: Any) -> Fields:
    common = {
        "ToUserName": pushed["FromUserName"],
        "FromUserName": pushed["ToUserName"],
        "CreateTime": int(time.time()),
    }
    return common | content


def _crypto(account: Account) -> Any:
    return WeChatCrypto(account.token, account.aes_key, account.app_id)
