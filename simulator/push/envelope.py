"""The HTTP side of a push: query, body and encryption in the account's mode (protocol §1.2, §1.3)."""

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from simulator.accounts import Account, PushFormat, PushMode
from simulator.crypto import seal, sign
from simulator.push.render import render
from simulator.shapes import JsonObject

STALE_SECONDS = 3_600


class Tamper(StrEnum):
    """What an attacker, or a misconfigured platform, would send."""

    SIGNATURE = "signature"
    APPID = "appid"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Envelope:
    query: dict[str, str]
    body: bytes
    plain: bytes
    content_type: str

    def address(self, push_url: str) -> str:
        """Where it goes. Nothing in the query needs quoting: digits, hexadecimal and openids."""
        mark = "&" if "?" in push_url else "?"
        return push_url + mark + "&".join([f"{name}={value}" for name, value in self.query.items()])


def wrap(account: Account, openid: str, fields: JsonObject, at: float, tamper: Tamper | None) -> Envelope:
    """`at` is the wall clock. Every attempt has a nonce and ciphertext of its own; the content stays."""
    if tamper is Tamper.APPID:
        account = replace(account, app_id="wx" + secrets.token_hex(8), original_id="gh_" + secrets.token_hex(6))
        fields = fields | {"ToUserName": account.original_id}
    if tamper is Tamper.STALE:
        at -= STALE_SECONDS
    envelope = _sealed(account, openid, fields, str(int(at)))
    return _with_wrong_signature(envelope) if tamper is Tamper.SIGNATURE else envelope


def verification_query(account: Account, at: float) -> dict[str, str]:
    """The query of the URL verification GET, whose echostr the server must return as it is."""
    query = _signed_query(account, str(int(at)))
    return query | {"echostr": str(secrets.randbelow(9 * 10**18) + 10**18)}


def _sealed(account: Account, openid: str, fields: JsonObject, timestamp: str) -> Envelope:
    plain = render(fields, account.format)
    query = _signed_query(account, timestamp) | {"openid": openid}
    body = plain
    if account.mode is not PushMode.PLAIN:
        encrypted = seal(account.aes_key, account.app_id, plain)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = sign(account.token, timestamp, query["nonce"], encrypted)
        body = render(_outer_fields(account, fields, encrypted), account.format)
    return Envelope(query, body, plain, _content_type(account.format))


def _outer_fields(account: Account, fields: JsonObject, encrypted: str) -> JsonObject:
    visible = fields if account.mode is PushMode.COMPATIBLE else {"ToUserName": account.original_id}
    return visible | {"Encrypt": encrypted}


def _signed_query(account: Account, timestamp: str) -> dict[str, str]:
    nonce = str(secrets.randbelow(9 * 10**8) + 10**8)
    return {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}


def _with_wrong_signature(envelope: Envelope) -> Envelope:
    wrong = {
        name: value[::-1] if name in {"signature", "msg_signature"} else value for name, value in envelope.query.items()
    }
    return replace(envelope, query=wrong)


def _content_type(push_format: PushFormat) -> str:
    return "application/json" if push_format is PushFormat.JSON else "text/xml"
