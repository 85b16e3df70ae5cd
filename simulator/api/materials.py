"""Permanent material: kept for good, listed, taken away (protocol §4.7).

https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial
"""

from aiohttp import web

from simulator.api.calls import OK, Call
from simulator.api.media import file_answer, keep_upload
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, parse_object, string
from simulator.state.media import Media, media_path

PAGE = 20

# A thumb stands among the pictures in lists and counts.
_TYPES = {
    "image": frozenset({"image", "thumb"}),
    "voice": frozenset({"voice"}),
    "video": frozenset({"video"}),
    "news": frozenset[str](),  # the old articles: they are drafts today
}
_ANY = frozenset({"image", "thumb", "voice", "video"})


def add(call: Call) -> JsonObject:
    description = _description(call)
    media = keep_upload(call)
    name = call.upload.filename if call.upload else ""
    title, introduction = string(description, "title"), string(description, "introduction")
    call.platform.media.make_permanent(media, name, title, introduction)
    answer: JsonObject = {"media_id": media.id}
    return answer | {"url": _url(call, media)} if media.type == "image" else answer


def _description(call: Call) -> JsonObject:
    """A video needs one, with a title. Raises 47001."""
    if call.query.get("type") != "video" or call.upload is None:
        return {}
    try:
        description = parse_object(call.upload.description.encode())
    except ValueError as broken:
        raise PlatformError(47001) from broken
    if not string(description, "title"):
        raise PlatformError(47001)
    return description


def get(call: Call) -> JsonObject | web.Response:
    media = _permanent(call)
    if media.type != "video":
        return file_answer(call, media)
    return {"title": media.title, "description": media.introduction, "down_url": _url(call, media)}


def delete(call: Call) -> JsonObject:
    call.platform.media.remove(_permanent(call).id)
    return OK


def listed(call: Call) -> JsonObject:
    wanted = _TYPES.get(string(call.body, "type"))
    if wanted is None:
        raise PlatformError(40004)
    offset, count = page_asked(call)
    kept = call.platform.media.permanent(call.desk.app_id, wanted)
    page = kept[offset : offset + count]
    return {"total_count": len(kept), "item_count": len(page), "item": [_shown(call, media) for media in page]}


def page_asked(call: Call) -> tuple[int, int]:
    """`offset` from 0 and `count` 1 to 20. Raises 40097."""
    offset, count = integer(call.body, "offset"), integer(call.body, "count")
    if offset is None or offset < 0 or count is None or not 1 <= count <= PAGE:
        raise PlatformError(40097)
    return offset, count


def counts(call: Call) -> JsonObject:
    shelf, app_id = call.platform.media, call.desk.app_id
    return {f"{name}_count": len(shelf.permanent(app_id, types)) for name, types in _TYPES.items()}


def _shown(call: Call, media: Media) -> JsonObject:
    shown: JsonObject = {"media_id": media.id, "name": media.name, "update_time": int(media.created_at)}
    return shown | {"url": _url(call, media)} if media.type == "image" else shown


def _permanent(call: Call) -> Media:
    media = call.platform.media.valid(string(call.body, "media_id"), call.desk.app_id, call.now)
    if media is None or not media.permanent or media.type not in _ANY:
        raise PlatformError(40007)
    return media


def _url(call: Call, media: Media) -> str:
    return call.base_url + media_path(media.id)
