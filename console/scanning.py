"""A QR code on the screen that a phone scans and answers: shown, watched, and what its state is called."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import qrcode
import qrcode.image.svg
import structlog
from flask import Response, session

from backend.errors import NotFound, TooMany, Unavailable
from backend.runtime import Runtime
from backend.staff import scans
from backend.staff.scans import Purpose, Scan, State
from backend.storage.kv import StoreAway
from backend.web import limits
from backend.wechat.failures import GatewayError
from console import desk, events

_AWAY = "现在不能用微信扫码，请用密码登录。"
_USED_UP = "今天的登录二维码用完了，请用密码登录，明天再扫码。"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shown:
    """`picture` is the source of an image; `number` is what the phone answers with."""

    picture: str
    number: str


def begin(runtime: Runtime, purpose: Purpose, browser: str, staff_id: int = 0) -> Shown:
    """A new one for this browser. Raises Unavailable when the platform or the store does not answer, or the day's
    codes are used up."""
    account = next(iter(runtime.accounts.official()), None)
    if account is None:
        raise Unavailable("no_account", "还没有接入公众号，不能用微信扫码。")
    _spend_one()
    try:
        where = desk.where()
        token, scan = runtime.scans.begin(purpose, mark(browser), where.device, staff_id, where.address)
        code = runtime.gateway(account.app_id).qrcodes.create(f"{scans.SCENE}{token}", int(scans.SECONDS))
    except (GatewayError, StoreAway) as error:
        log.warning("scan.away", error=type(error).__name__)
        raise Unavailable("scan_away", _AWAY) from error
    session["scan"] = token
    return Shown(drawn(code.url), scan.number)


def _spend_one() -> None:
    """Anybody may ask for a code: counted for the whole house, so that the account's quota of the day stays."""
    try:
        limits.spend("scan_codes", "all")
    except TooMany as error:
        log.warning("scan.used_up")
        raise Unavailable("scan_used_up", _USED_UP) from error


def look(runtime: Runtime, browser: str) -> str:
    """The state of what this browser shows, or "over"."""
    found = runtime.scans.look(token(), mark(browser))
    return "over" if found is None else found.state.value


def watch(runtime: Runtime, browser: str) -> Response:
    """The state now and whenever it changes, until it is confirmed or over."""
    shown, mine = token(), mark(browser)

    def state() -> str:
        found = runtime.scans.look(shown, mine)
        return "over" if found is None else found.state.value

    return events.stream(runtime, state, until=("over", State.CONFIRMED.value))


def take(runtime: Runtime, browser: str) -> Scan:
    """What was confirmed, once. Raises NotFound."""
    found = runtime.scans.take(token(), mark(browser))
    if found is None:
        raise NotFound("scan_over", "这次扫码已经过期了，请换一个二维码再扫。")
    return found


def token() -> str:
    return str(session.get("scan", ""))


def mark(browser: str) -> str:
    """Says which browser, and not how to be it."""
    return scans.mark(browser)


def drawn(words: str) -> str:
    """A QR code as the source of an image."""
    written = io.BytesIO()
    image: Any = qrcode.make(words, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    image.save(written)
    return f"data:image/svg+xml;base64,{base64.b64encode(written.getvalue()).decode()}"
