"""Mini-program codes, URL links and schemes: kept per account, found by the text in them, drawn (protocol §9.4)."""

import base64
import hashlib
import io
import secrets
from dataclasses import dataclass
from functools import lru_cache

import qrcode
from PIL import Image

from simulator.state.records import MiniCode
from simulator.state.world import Desk

# Where the text of each kind begins; the slug follows.
HEADS = {
    "unlimited": "https://mp.weixin.qq.com/a/",
    "code": "https://mp.weixin.qq.com/a/",
    "qrcode": "https://mp.weixin.qq.com/a/",
    "urllink": "https://wxaurl.cn/",
    "scheme": "weixin://dl/business/?t=",
}
SLUG = 16
BLACK = (0, 0, 0)
WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Look:
    width: int = 430
    colour: tuple[int, int, int] = BLACK
    transparent: bool = False

    @property
    def content_type(self) -> str:
        return "image/png" if self.transparent else "image/jpeg"


def keep(desk: Desk, code: MiniCode) -> MiniCode:
    """Puts it under a slug of its own; the text in it is filled in."""
    slug = secrets.token_urlsafe(12)
    return _put(desk, slug, code)


def keep_once(desk: Desk, code: MiniCode) -> MiniCode:
    """For those that never expire and are without number: the same request gives the same code."""
    said = f"{desk.app_id}/{code.page}?{code.query}#{code.scene}!{code.env_version}"
    slug = base64.urlsafe_b64encode(hashlib.sha256(said.encode()).digest()).decode()[:SLUG]
    return desk.mini_codes.codes.get(slug) or _put(desk, slug, code)


def _put(desk: Desk, slug: str, code: MiniCode) -> MiniCode:
    code.url = HEADS[code.kind] + slug
    desk.mini_codes.codes[slug] = code
    return code


def find(desk: Desk, text: str) -> MiniCode | None:
    code = desk.mini_codes.codes.get(text[-SLUG:])
    return code if code and code.url == text else None


@lru_cache(maxsize=128)
def picture(url: str, look: Look) -> bytes:
    """A QR code as wide as asked for. The real ones are round; ours can be read by anything."""
    drawing = qrcode.QRCode(border=2, mask_pattern=3)  # a fixed mask: trying all eight takes eight times as long
    drawing.add_data(url)
    drawn = drawing.make_image().get_image().convert("L").resize((look.width, look.width), Image.Resampling.NEAREST)
    target = io.BytesIO()
    if look.transparent:
        coloured = Image.new("RGBA", drawn.size, look.colour)
        coloured.putalpha(drawn.point(lambda grey: 255 - grey))
        coloured.save(target, "PNG")
    else:
        coloured = Image.new("RGB", drawn.size, WHITE)
        coloured.paste(look.colour, mask=drawn.point(lambda grey: 255 - grey))
        coloured.save(target, "JPEG", quality=90)
    return target.getvalue()
