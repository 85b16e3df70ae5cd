"""Addresses of the platform, and its check of the account's URL (protocol §1.8)."""

import ipaddress
from urllib.parse import urlsplit

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, string

LOOPBACK = "127.0.0.1"


def callback_addresses(_: Call) -> JsonObject:
    return {"ip_list": [LOOPBACK]}


def interface_addresses(_: Call) -> JsonObject:
    return {"ip_list": [LOOPBACK]}


def check(call: Call) -> JsonObject:
    """Tells what a real check would find; only the address of the URL is looked at, nothing is contacted."""
    action = string(call.body, "action")
    if action not in {"dns", "ping", "all"}:
        raise PlatformError(40202)
    operator = string(call.body, "check_operator")
    if operator not in {"CHINANET", "UNICOM", "CAP", "DEFAULT"}:
        raise PlatformError(40203)
    address = _address(call.account.push_url)
    dns = {"dns": [{"ip": address, "real_operator": "UNKNOWN"}]}
    ping = {"ping": [{"ip": address, "from_operator": operator, "package_loss": "0%", "time": "0.100ms"}]}
    return {"dns": dns, "ping": ping, "all": dns | ping}[action]


def _address(url: str) -> str:
    """A name is taken for a name of this machine."""
    host = urlsplit(url).hostname
    if not host:
        raise PlatformError(40201)
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return LOOPBACK
