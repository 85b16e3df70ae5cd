"""What every request to the API goes through, whichever endpoint it is for, and the headers every answer carries."""

from flask import Flask, Response, request

from backend.web import access, bodies, limits
from miniprogram_api import sign_in

PREFIX = "/api/v1"
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""An answer in JSON is no page: a browser that is led to it shall run nothing."""


def register(app: Flask) -> None:
    """Hooks of the application, not of its blueprints: an address that does not exist counts as well."""
    app.before_request(_come_in)
    app.after_request(_go_out)


def _come_in() -> None:
    if _ours():
        sign_in.identify()
        limits.spend_request()
        bodies.check()


def _go_out(answer: Response) -> Response:
    if _ours():
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers.setdefault("Content-Security-Policy", NOTHING)
        if _about_a_person() or answer.status_code >= 400:
            answer.headers["Cache-Control"] = "no-store"
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _ours() -> bool:
    return request.path.startswith(f"{PREFIX}/")


def _about_a_person() -> bool:
    return bool(access.visitor()) or "Authorization" in request.headers
