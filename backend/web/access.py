"""Where a view finds the running process it belongs to, and who asks."""

import ipaddress

from flask import Flask, current_app, g, request

from backend.runtime import Runtime

_KEY = "tongxin"


def attach(app: Flask, runtime: Runtime) -> None:
    app.extensions[_KEY] = runtime


def runtime() -> Runtime:
    return current_app.extensions[_KEY]  # type: ignore[no-any-return]


def visitor() -> str:
    """Who is signed in, as one opaque name for each person; "" while nobody is.

    Sign-in writes it into `flask.g` as `visitor`. It does so before the first hook of the door asks, which is the
    count of requests: in a `before_request` of the application that is registered earlier.
    """
    return str(g.get("visitor", ""))


def address() -> str:
    """Where the request comes from, as seen by our outermost proxy (TONGXIN_PROXIES).

    Of IPv6 the network: whoever has one address there has 2^64 of them.
    """
    given = request.remote_addr or ""
    try:
        found = ipaddress.ip_address(given.partition("%")[0])
    except ValueError:
        return given
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.IPv6Network((found, 64), strict=False))
    return given
