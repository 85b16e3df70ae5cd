"""Tickets with which a web page signs its use of the JS-SDK (protocol §8).

https://developers.weixin.qq.com/doc/service/api/webdev/jssdk/api_getticket
"""

import secrets

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject
from simulator.state.records import Ticket

LIFETIME = 7_200
_TYPES = ("jsapi", "wx_card")


def get(call: Call) -> JsonObject:
    """The same one until it expires; what is told is what is left of its life."""
    kind = call.query.get("type", "")
    if kind not in _TYPES:
        raise PlatformError(40097)
    ticket = call.desk.tickets.get(kind)
    left = int(ticket.until - call.now) if ticket else 0
    if ticket is None or not 0 < left <= LIFETIME:
        ticket = call.desk.tickets[kind] = Ticket(secrets.token_urlsafe(64)[:86], call.now + LIFETIME)
        left = LIFETIME
    return {**OK, "ticket": ticket.value, "expires_in": left}
