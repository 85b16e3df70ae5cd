"""JS-SDK: the ticket, kept for all processes, and the signature of a page (protocol sheet §8).

https://developers.weixin.qq.com/doc/service/api/webdev/jssdk/api_getticket
"""

import contextlib
import json
import secrets
from dataclasses import dataclass

from wechatpy.client.api import WeChatJSAPI

from backend import clock
from backend.storage.kv import StoreAway
from backend.wechat.caller import Caller

REFRESH_BEFORE = 300.0
LONGEST = 7200


@dataclass(frozen=True)
class PageSignature:
    """What wx.config takes."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


class Tickets:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def sign(self, url: str) -> PageSignature:
        """`url`: the whole address of the page with its query; what follows # does not count."""
        # https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
        nonce, timestamp = secrets.token_urlsafe(12), int(clock.timestamp())
        return PageSignature(self._caller.app_id, timestamp, nonce, signature(self.ticket(), nonce, timestamp, url))

    def ticket(self, kind: str = "jsapi") -> str:
        """`kind` is jsapi or wx_card. Two processes that fetch at once get the same one."""
        # https://developers.weixin.qq.com/doc/service/api/webdev/jssdk/api_getticket
        key = f"ticket:{self._caller.app_id}:{kind}"
        with contextlib.suppress(StoreAway):  # then it is fetched, and fetched again for the next page
            if stored := self._caller.kv.get(key):
                return str(json.loads(stored))
        answer = self._caller.get("/cgi-bin/ticket/getticket", {"type": kind})
        ticket, seconds = answer.filled("ticket"), min(answer.integer("expires_in"), LONGEST)
        with contextlib.suppress(StoreAway):
            self._caller.kv.put(key, json.dumps(ticket).encode(), max(60.0, seconds - REFRESH_BEFORE))
        return ticket


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    page = url.partition("#")[0]
    return str(WeChatJSAPI(None).get_jsapi_signature(nonce, ticket, timestamp, page))
