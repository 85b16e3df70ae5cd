"""The session a login left behind: tried, replaced, and data encrypted with it recognised (protocol §9.1, §9.2).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/checkSessionKey.html
"""

import hashlib
import hmac
import re

from simulator.api.calls import OK, Call
from simulator.crypto import matches
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, string
from simulator.state import quotas
from simulator.state.people import openid_of
from simulator.state.records import Session
from simulator.state.sessions import renew

METHOD = "hmac_sha256"
GENUINE_SECONDS = 3 * 86_400
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check(call: Call) -> JsonObject:
    """Whoever never logged in has no key that could be right."""
    _, session = _named(call)
    if session is None or not _is_signed(call, session) or call.query.get("sig_method") != METHOD:
        raise PlatformError(87009)
    return OK


def reset(call: Call) -> JsonObject:
    quotas.spend_rate(call.desk, "/wxa/resetusersessionkey", call.now, errcode=45011)
    if not all(call.query.get(name) for name in ("openid", "signature", "sig_method")):
        raise PlatformError(40097)
    pid, session = _named(call)
    if session is None:
        raise PlatformError(87007)
    if call.query["sig_method"] != METHOD:
        raise PlatformError(87008)
    if not _is_signed(call, session):
        raise PlatformError(87009)
    return {**OK, "openid": call.query["openid"], "session_key": renew(call.desk, pid, call.now)}


def genuine(call: Call) -> JsonObject:
    """checkencryptedmsg; the platform spells the answer's field like this."""
    digest = string(call.body, "encrypted_msg_hash")
    if not _DIGEST.fullmatch(digest):
        raise PlatformError(40097)
    at = call.desk.encrypted.get(digest)
    if at is None or call.now >= at + GENUINE_SECONDS:
        return {**OK, "vaild": False, "create_time": 0}
    return {**OK, "vaild": True, "create_time": int(at)}


def _named(call: Call) -> tuple[str, Session | None]:
    openid, desk = call.query.get("openid", ""), call.desk
    chat = desk.chats.get(openid)
    if chat is None or openid != openid_of(desk.app_id, chat.pid):
        return "", None
    return chat.pid, desk.sessions.get(chat.pid)


def _is_signed(call: Call, session: Session) -> bool:
    """The key is the text of the session key, as the SDKs have it; the message is empty."""
    right = hmac.new(session.key.encode(), b"", hashlib.sha256).hexdigest()
    return matches(right, call.query.get("signature", ""))
