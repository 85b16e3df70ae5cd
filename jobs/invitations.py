"""Makes the QR code of a community and sends it to who asked: several calls, too slow for an answer."""

from backend.members import queries as members
from backend.members import rules
from backend.outbox.queue import Payload
from backend.places import queries as places
from backend.runtime import Runtime
from backend.wechat.calls.custom import CustomImage, short_text

DAYS = 30
"""The longest life the platform gives a code that is not permanent."""


def send(runtime: Runtime, payload: Payload) -> None:
    place, openid = places.by_id(payload["place_id"]), members.openid_of(payload["follower_id"])
    if place is None or openid is None:
        return  # she left, or the place is gone, since she asked
    gateway = runtime.gateway(payload["app_id"])
    media_id = gateway.media.upload("image", f"{place.code}.jpg", _picture(runtime, payload["app_id"], place.code))
    gateway.custom.send(openid, CustomImage(media_id))
    gateway.custom.send(openid, short_text(payload["words"]))


def _picture(runtime: Runtime, app_id: str, code: str) -> bytes:
    gateway = runtime.gateway(app_id)
    qr = gateway.qrcodes.create(rules.scene_of_place(code), DAYS * 86400)
    return gateway.qrcodes.picture(qr.ticket).content
