"""QR codes with parameters: kept per account, found by ticket or by the address in the picture (§7)."""

import base64
import hashlib
import io
import secrets
from functools import lru_cache

import qrcode
from PIL import Image

from simulator.state.records import QrCode
from simulator.state.world import Desk

ADDRESS = "http://weixin.qq.com/q/02"
TICKET_HEAD = "gQ"
SLUG = 22
PICTURE_SIDE = 430


def expired(code: QrCode, now: float) -> bool:
    return code.until is not None and now >= code.until


def create_temporary(desk: Desk, action: str, scene: str, until: float) -> QrCode:
    return _put(desk, secrets.token_urlsafe(16), action, scene, until)


def create_permanent(desk: Desk, action: str, scene: str) -> QrCode:
    """Exists once for its scene: asking again gives the same."""
    digest = hashlib.sha256(f"{desk.app_id}/{action}/{scene}".encode()).digest()
    slug = base64.urlsafe_b64encode(digest).decode()[:SLUG]
    if slug not in desk.codes:
        desk.permanent_codes += 1
        _put(desk, slug, action, scene, None)
    return desk.codes[slug]


def find(desk: Desk, text: str) -> QrCode | None:
    """By ticket, or by what the picture says."""
    head = next((head for head in (TICKET_HEAD, ADDRESS) if text.startswith(head)), None)
    if head is None:
        return None
    code = desk.codes.get(text[len(head) : len(head) + SLUG])
    return code if code and text in {code.ticket, code.url} else None


def for_scene(desk: Desk, scene: str, now: float) -> QrCode | None:
    """The youngest valid code of that scene."""
    fitting = (code for code in reversed(desk.codes.values()) if code.scene == scene and not expired(code, now))
    return next(fitting, None)


def loose_ticket() -> str:
    """For a scene whose code was made elsewhere: real events always carry a ticket."""
    return TICKET_HEAD + secrets.token_urlsafe(70)


@lru_cache(maxsize=256)
def picture(url: str) -> bytes:
    """JPEG, as wide as the real one."""
    drawn = qrcode.make(url, border=2).get_image().convert("RGB")
    target = io.BytesIO()
    drawn.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.NEAREST).save(target, "JPEG", quality=90)
    return target.getvalue()


def _put(desk: Desk, slug: str, action: str, scene: str, until: float | None) -> QrCode:
    ticket = TICKET_HEAD + slug + secrets.token_urlsafe(54)
    code = desk.codes[slug] = QrCode(ticket, desk.app_id, action, scene, ADDRESS + slug, until)
    return code
