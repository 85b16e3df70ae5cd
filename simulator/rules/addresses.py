"""Who may call: single addresses and networks, as the platform's console takes them (protocol §3.3)."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=1_024)
def network(entry: str) -> Network:
    """Raises ValueError when it is neither an address nor a network."""
    return ipaddress.ip_network(entry.strip(), strict=False)


def allows(entries: Iterable[str], seen: str) -> bool:
    """An empty list is open to everybody; a caller without a readable address gets in through none."""
    allowed = tuple(entries)
    if not allowed:
        return True
    try:
        address = _plain(seen)
    except ValueError:
        return False
    return any(address.version == net.version and address in net for net in map(network, allowed))


def refusal(seen: str) -> str:
    return f"invalid ip {seen} ipv6 ::ffff:{seen}, not in whitelist"


def _plain(seen: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 caller may appear inside an IPv6 address."""
    address = ipaddress.ip_address(seen)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
