"""One article of a draft: checked, cleaned, and as the interfaces show it (protocol §4.6).

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
"""

import re
from collections.abc import Callable, Iterable

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.rules.articletexts import cleaned
from simulator.shapes import JsonObject, integer, mapping, objects, string
from simulator.state.drafts import Draft, Published, new_slug, page_path
from simulator.state.media import media_path

TITLE = 32
AUTHOR = 16
DIGEST = 128
DIGEST_TAKEN = 54  # what becomes the digest when none is given
CONTENT = 20_000
CONTENT_BYTES = 1024 * 1024
SOURCE_BYTES = 1024
PICTURES = 20

_MARKUP = re.compile(r"<[^>]*>|&[a-z#0-9]+;|\s+")
_PICTURES_OF_MATERIAL = frozenset({"image", "thumb"})


def read_article(call: Call, article: JsonObject) -> JsonObject:
    """Raises the code of the first limit that is broken."""
    kind = string(article, "article_type") or "news"
    if kind not in _READERS:
        raise PlatformError(40008)
    for name, most, errcode in (("title", TITLE, 45003), ("author", AUTHOR, 45110), ("digest", DIGEST, 45004)):
        if len(string(article, name)) > most:
            raise PlatformError(errcode)
    if not string(article, "title"):
        raise PlatformError(45003)
    return _common(article, kind) | _READERS[kind](call, article) | {"slug": new_slug()}


def _common(article: JsonObject, kind: str) -> JsonObject:
    content, source = string(article, "content"), string(article, "content_source_url")
    if len(content) >= CONTENT or len(content.encode()) >= CONTENT_BYTES:
        raise PlatformError(45002)
    if len(source.encode()) > SOURCE_BYTES:
        raise PlatformError(45005)
    flags = {name: _flag(article, name) for name in ("need_open_comment", "only_fans_can_comment")}
    return {"article_type": kind, "title": string(article, "title"), **flags}


def _flag(article: JsonObject, name: str) -> int:
    return int(integer(article, name) == 1)


def _news(call: Call, article: JsonObject) -> JsonObject:
    if not string(article, "content"):
        raise PlatformError(44004)
    thumb = string(article, "thumb_media_id")
    _demand_picture(call, thumb)
    content = cleaned(string(article, "content"), _is_ours(call))
    plain = _MARKUP.sub(" ", content).strip()
    crops = {name: string(article, name) for name in ("pic_crop_235_1", "pic_crop_1_1") if string(article, name)}
    return {
        "author": string(article, "author"),
        "digest": string(article, "digest") or plain[:DIGEST_TAKEN],
        "content": content,
        "content_source_url": string(article, "content_source_url"),
        "thumb_media_id": thumb,
        "show_cover_pic": 0,
        **crops,
    }


def _newspic(call: Call, article: JsonObject) -> JsonObject:
    """Pictures with a plain text; the first one is the cover."""
    pictures = [string(one, "image_media_id") for one in objects(mapping(article, "image_info"), "image_list")]
    if not 1 <= len(pictures) <= PICTURES:
        raise PlatformError(40007)
    for picture in pictures:
        _demand_picture(call, picture)
    content = _MARKUP.sub(lambda found: found[0] if found[0].isspace() else "", string(article, "content"))
    return {
        "content": content,
        "thumb_media_id": pictures[0],
        "image_info": {"image_list": [{"image_media_id": picture} for picture in pictures]},
    }


_READERS: dict[str, Callable[[Call, JsonObject], JsonObject]] = {"news": _news, "newspic": _newspic}


def _demand_picture(call: Call, media_id: str) -> None:
    """A temporary one will not do."""
    media = call.platform.media.valid(media_id, call.desk.app_id, call.now)
    if media is None or not media.permanent or media.type not in _PICTURES_OF_MATERIAL:
        raise PlatformError(40007)


def _is_ours(call: Call) -> Callable[[str], bool]:
    """Pictures of other sites are dropped; those of uploadimg and of permanent material stay."""
    head = media_path("")

    def ours(address: str) -> bool:
        media = call.platform.media.get(address.rpartition(head)[2]) if head in address else None
        return media is not None and media.permanent and media.app_id == call.desk.app_id

    return ours


def shown(call: Call, articles: Iterable[JsonObject], *, without_content: bool = False) -> list[JsonObject]:
    """As draft/get and freepublish/getarticle list them."""
    return [_shown(call, article, without_content) for article in articles]


def item(call: Call, kept: Draft | Published, *, bare: bool) -> JsonObject:
    """As a list of drafts or of publications shows one; its id stands before it."""
    times = {"create_time": int(kept.created_at), "update_time": int(kept.updated_at)}
    content = {"news_item": shown(call, kept.articles, without_content=bare), **times}
    return {"content": content, "update_time": times["update_time"]}


def _shown(call: Call, article: JsonObject, without_content: bool) -> JsonObject:
    hidden = {"slug", "content"} if without_content else {"slug"}
    own = {name: value for name, value in article.items() if name not in hidden}
    thumb = call.platform.media.get(string(article, "thumb_media_id"))
    thumb_url = call.base_url + media_path(thumb.id) if thumb else ""
    return own | {"url": call.base_url + page_path(article), "thumb_url": thumb_url}
