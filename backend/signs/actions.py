"""Makes sheets of signs: asks the platform for the codes that are missing, and draws them all."""

import io
from collections.abc import Sequence
from typing import Any

import qrcode

from backend import clock
from backend.accounts.queries import Account
from backend.audit.actions import Audit, Subject
from backend.errors import InvalidInput
from backend.followers.rules import scene_of_place
from backend.permissions import Action, Actor
from backend.places import trees
from backend.places.queries import PlaceView
from backend.printing.signs import Sign, sheet
from backend.storage.database import in_transaction
from backend.storage.statements import insert_unless_there
from backend.wechat.gateway import Gateway
from models.accounts import AccountKind
from models.signs import PlaceSign

MOST = 60
"""Signs of one sheet: somebody waits for it."""

_LONGEST_SCENE = 32
PAGE = "pages/register/index"
"""Of the mini-program, where somebody registers with her place chosen."""

_WORDS = {
    AccountKind.OFFICIAL: "微信扫一扫，关注「{name}」",
    AccountKind.MINIPROGRAM: "微信扫一扫，在「{name}」登记",
}


def printed(audit: Audit, actor: Actor, gateway: Gateway, account: Account, code: str, below: bool) -> bytes:
    """The sign of a place, or of all places right below it, as a PDF. Raises Forbidden outside the actor's scope,
    InvalidInput for too many, and what the platform says."""
    actor.require(Action.SEE_PLACES, code)
    places = trees.children(actor, code, limit=MOST + 1) if below else [trees.one(actor, code).place]
    if not places:
        raise InvalidInput("no_signs", "这里下面没有别的地方，请打印这里的二维码。")
    if len(places) > MOST:
        raise InvalidInput("too_many_signs", f"这里下面超过 {MOST} 个地方，一次打不完，请到下一级去打印。")
    signs = _signs(gateway, account, places)
    audit.record(actor, "signs_printed", Subject("place", code, code), account=account.id, count=len(signs))
    return sheet(signs, f"{places[0].name}等 {len(signs)} 处的二维码")


def _signs(gateway: Gateway, account: Account, places: Sequence[PlaceView]) -> list[Sign]:
    words = _WORDS[account.kind].format(name=account.name)
    return [Sign(each.name, words, each.code, _picture(gateway, account, each)) for each in places]


def _picture(gateway: Gateway, account: Account, place: PlaceView) -> bytes:
    scene = scene_of_place(place.code)
    if account.kind is AccountKind.OFFICIAL:
        return _drawn(_url(gateway, account, place, scene))
    if len(scene) > _LONGEST_SCENE:
        raise InvalidInput("code_too_long", f"「{place.name}」的编码太长，小程序码写不下，请打印公众号的二维码。")
    return gateway.codes.for_scene(scene, PAGE, check_page=False).content


def _url(gateway: Gateway, account: Account, place: PlaceView, scene: str) -> str:
    mine = (PlaceSign.account == account.id) & (PlaceSign.place == place.id)
    known = PlaceSign.get_or_none(mine)
    if known is not None:
        return str(known.url)
    url = gateway.qrcodes.create(scene, None).url
    row = {"account": account.id, "place": place.id, "url": url, "made_at": clock.now()}
    in_transaction(lambda: insert_unless_there(PlaceSign, row))
    return url


def _drawn(words: str) -> bytes:
    written = io.BytesIO()
    image: Any = qrcode.make(words, error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=12, border=2)
    image.save(written, "PNG")
    return written.getvalue()
