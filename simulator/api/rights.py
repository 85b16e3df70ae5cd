"""What an account may do at all: called from an allowed address, and certified where that is asked (protocol §3.3).

https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/ip_whitelist
"""

from simulator.accounts import Account
from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.rules.addresses import allows, refusal
from simulator.shapes import string

CERTIFIED_ONLY = frozenset(
    {
        "/cgi-bin/message/template/send",
        "/cgi-bin/message/template/subscribe",
        "/cgi-bin/message/subscribe/bizsend",
        "/cgi-bin/message/mass/send",
        "/cgi-bin/message/mass/sendall",
        "/cgi-bin/qrcode/create",
        "/cgi-bin/freepublish/submit",
        "/cgi-bin/freepublish/get",
        "/cgi-bin/freepublish/getarticle",
        "/cgi-bin/freepublish/delete",
        "/cgi-bin/freepublish/batchget",
        "/wxa/business/getuserphonenumber",
    }
)


def demand_address(call: Call, account: Account) -> None:
    """Raises 40164. Official accounts are held to it at every interface, mini-programs where the secret is used."""
    asked = call.platform.world.desks[account.app_id].addresses
    entries = account.allowed_addresses if asked is None else asked
    if entries and not allows(entries, call.address):
        raise PlatformError(40164, refusal(call.address))


def demand_certificate(path: str, account: Account) -> None:
    """Raises 48001."""
    if not account.certified and path in CERTIFIED_ONLY:
        raise PlatformError(48001)


def owner_of(call: Call) -> str:
    """The account a refused call belongs to, as far as it names one: by a token, even a dead one, or an appid."""
    token = call.platform.world.tokens.get(call.query.get("access_token", ""))
    named = token.app_id if token else call.query.get("appid") or string(call.body, "appid")
    return named if named in call.platform.accounts else ""
