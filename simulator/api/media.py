"""Temporary media and pictures for articles (protocol §4.7).

https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html
"""

from dataclasses import dataclass

from aiohttp import web

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.rules.filetypes import CONTENT_TYPES, file_type
from simulator.rules.voices import seconds_of
from simulator.shapes import JsonObject
from simulator.state.media import Media, media_path

MEGABYTE = 1024 * 1024
VOICE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Limit:
    most_bytes: int
    too_big: int
    types: frozenset[str]


_IMAGE = Limit(10 * MEGABYTE, 40009, frozenset({"jpg", "png", "gif", "bmp"}))
_LIMITS = {
    "image": _IMAGE,
    "voice": Limit(2 * MEGABYTE, 40010, frozenset({"amr", "mp3"})),
    "video": Limit(10 * MEGABYTE, 40011, frozenset({"mp4"})),
    "thumb": Limit(64 * 1024, 40012, frozenset({"jpg"})),
}
_ARTICLE_PICTURE = Limit(MEGABYTE - 1, 40009, frozenset({"jpg", "png"}))


def upload(call: Call) -> JsonObject:
    media = keep_upload(call)
    return {"type": media.type, "media_id": media.id, "created_at": int(call.now)}


def keep_upload(call: Call) -> Media:
    """The file of the call, checked by the rules of its type."""
    media_type = call.query.get("type", "")
    if media_type not in _LIMITS:
        raise PlatformError(40004)
    content = _checked(call, _LIMITS[media_type])
    if media_type == "voice" and seconds_of(content) > VOICE_SECONDS:
        raise PlatformError(45007)
    return _keep(call, media_type, content)


def upload_image(call: Call) -> JsonObject:
    """For the inside of articles: has an address and no media id that could be sent."""
    picture = _keep(call, "article_picture", _checked(call, _ARTICLE_PICTURE))
    call.platform.media.make_permanent(picture, "")
    return {"url": call.base_url + media_path(picture.id)}


def get(call: Call) -> JsonObject | web.Response:
    media = call.platform.media.valid(call.query.get("media_id", ""), call.desk.app_id, call.now)
    if media is None or media.permanent:
        raise PlatformError(40007)
    if media.type == "video":
        return {"video_url": call.base_url + media_path(media.id)}
    return file_answer(call, media)


def file_answer(call: Call, media: Media) -> web.Response:
    name = media.content_type.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{media.id}.{name}"'}
    return web.Response(body=call.platform.media.read(media), content_type=media.content_type, headers=headers)


def _checked(call: Call, limit: Limit) -> bytes:
    if call.upload is None or not call.upload.content:
        raise PlatformError(41005)
    content = call.upload.content
    if file_type(content) not in limit.types:
        raise PlatformError(40005)
    if len(content) > limit.most_bytes:
        raise PlatformError(limit.too_big)
    return content


def _keep(call: Call, media_type: str, content: bytes) -> Media:
    content_type = CONTENT_TYPES[file_type(content)]
    return call.platform.media.put(call.desk.app_id, media_type, content_type, content, call.now)
