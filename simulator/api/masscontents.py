"""The content of a mass message: checked, and as the phone shows it.

https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html
"""

from collections.abc import Callable

from simulator.api import contents
from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, mapping, string, strings
from simulator.state.chats import Kind
from simulator.state.drafts import Draft
from simulator.state.media import media_path

PICTURES = 20
Shown = list[tuple[Kind, JsonObject]]


def read_mass_content(call: Call) -> Shown:
    """What everybody gets to see: one message, or one for each picture."""
    msgtype = string(call.body, "msgtype")
    if msgtype == "wxcard":
        raise PlatformError(48001)
    if msgtype not in _READERS:
        raise PlatformError(40008)
    return _READERS[msgtype](call, mapping(call.body, msgtype))


def draft_of(call: Call) -> Draft | None:
    """The draft that is sent; None for another type. Raises 40007."""
    if string(call.body, "msgtype") != "mpnews":
        return None
    draft = call.desk.drafts.get(string(mapping(call.body, "mpnews"), "media_id"))
    if draft is None:
        raise PlatformError(40007)
    return draft


def _text(call: Call, given: JsonObject) -> Shown:
    return [(Kind.TEXT, contents.text(call, given))]


def _voice(call: Call, given: JsonObject) -> Shown:
    return [(Kind.VOICE, contents.voice(call, given))]


def _image(call: Call, given: JsonObject) -> Shown:
    """`images` with up to twenty; the older `image` with one is still accepted."""
    images = mapping(call.body, "images")
    if not images:
        return [(Kind.IMAGE, contents.image(call, given))]
    ids = strings(images, "media_ids")
    if not 1 <= len(ids) <= PICTURES:
        raise PlatformError(40007)
    return [(Kind.IMAGE, contents.image(call, {"media_id": one})) for one in ids]


def _video(call: Call, given: JsonObject) -> Shown:
    """Only what media/uploadvideo made of a video."""
    media = call.platform.media.valid(string(given, "media_id"), call.desk.app_id, call.now)
    if media is None or media.type != "mpvideo":
        raise PlatformError(40007)
    return [(Kind.VIDEO, {"url": media_path(media.id), "title": media.title, "description": media.introduction})]


def _articles(call: Call, _: JsonObject) -> Shown:
    draft = draft_of(call)
    return [(Kind.NEWS, {"articles": contents.article_cards(call, draft.articles if draft else [])})]


_READERS: dict[str, Callable[[Call, JsonObject], Shown]] = {
    "text": _text,
    "voice": _voice,
    "image": _image,
    "mpvideo": _video,
    "mpnews": _articles,
}
