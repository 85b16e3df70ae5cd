"""Who may see what of the console."""

import hmac

from flask import abort, request

from backend.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def require_operator(settings: Settings) -> None:
    """Ends the request with 403 otherwise. A proxied request is not of this machine, wherever the proxy stands."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return
    if request.remote_addr in _LOOPBACK and not settings.metrics_token and "X-Forwarded-For" not in request.headers:
        return
    abort(403)
