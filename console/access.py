"""Who may see what of the console."""

import hmac

from flask import abort, request

from backend.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_PROXIED = ("X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via")


def require_operator(settings: Settings) -> None:
    """Ends the request with 403 otherwise. A proxied request is not of this machine, wherever the proxy stands."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return
    proxied = any(name in request.headers for name in _PROXIED)
    if request.remote_addr in _LOOPBACK and not settings.metrics_token and not proxied:
        return
    abort(403)
