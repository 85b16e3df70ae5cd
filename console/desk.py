"""The desk of somebody who is signed in: who she is, what the page needs of her, and how it answers."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Response, flash, get_flashed_messages, make_response, redirect, request, session

from backend.errors import Forbidden
from backend.permissions import Actor
from backend.runtime import Runtime
from backend.sessions import rules as devices
from backend.staff import sessions
from backend.staff.sessions import SignedIn
from backend.staff.sign_in import Where
from backend.web import access
from console import navigation, rendering

COOKIE = "tongxin_console"
HOME = "/console/"
SIGN_IN = "/console/sign-in"
_STALE = "页面放得太久了，请回到上一页刷新后再做一次。"


class Message(NamedTuple):
    """`undo` is the path to which a click on 撤销 posts."""

    words: str
    kind: str = "good"
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    runtime: Runtime
    signed_in: SignedIn

    @property
    def actor(self) -> Actor:
        return self.signed_in.actor

    @property
    def csrf(self) -> str:
        return self.signed_in.mark

    @property
    def messages(self) -> Sequence[Message]:
        return said()

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        groups = navigation.groups(self.actor, request.path)
        words = rendering.render(template, desk=self, csrf=self.csrf, navigation=groups, **context)
        return make_response(words, status)

    def say(self, words: str, kind: str = "good", undo: str = "") -> None:
        """Shown on the next page."""
        say(words, kind, undo)


def find(runtime: Runtime) -> Desk | None:
    """None while nobody is signed in with this browser."""
    signed_in = sessions.find(request.cookies.get(COOKIE, ""), access.address())
    return None if signed_in is None else Desk(runtime, signed_in)


def page_for_anyone(template: str, status: int = 200, **context: Any) -> Response:
    """Before sign-in."""
    return make_response(rendering.render(template, csrf=csrf_of_browser(), messages=said(), **context), status)


def say(words: str, kind: str = "good", undo: str = "") -> None:
    flash(words, f"{kind} {undo}")


def said() -> list[Message]:
    """What was said since the last page, once."""
    found = get_flashed_messages(with_categories=True)
    return [_message(*told) for told in found if isinstance(told, tuple)]


def _message(category: str, words: str) -> Message:
    kind, _, undo = category.partition(" ")
    return Message(words, kind, undo)


def go(path: str) -> Response:
    """To another page after a POST; htmx follows by itself."""
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": path})
    return make_response(redirect(path, 303))


def where() -> Where:
    return Where(access.address(), devices.device_of(request.headers.get("User-Agent", "")))


def csrf_of_browser() -> str:
    """Of a browser with which nobody is signed in: it also says which browser shows a QR code."""
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(24)
    return str(session["browser"])


def require_own_form(expected: str) -> None:
    """Raises Forbidden for a POST that did not come from a page of ours."""
    given = request.form.get("csrf") or request.headers.get("X-CSRF", "")
    if _is_foreign() or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forbidden("form_stale", _STALE)


def _is_foreign() -> bool:
    """What browsers say of where a request comes from, as far as they say it."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    return site != "same-origin" or (bool(origin) and origin.partition("://")[2] != request.host)
