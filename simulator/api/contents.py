"""The content of a customer-service message, type by type: checked, and turned into what the phone shows."""

from collections.abc import Callable

from simulator.api.calls import Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, mapping, objects, string
from simulator.state.chats import Kind
from simulator.state.drafts import page_path
from simulator.state.media import media_path

TEXT_BYTES = 2_048

Reader = Callable[[Call, JsonObject], JsonObject]


def read_content(call: Call) -> tuple[Kind, JsonObject]:
    """Raises 40008 for a type this kind of account may not send (mpnews among them, which is retired), 48001 for
    cards, and the type's own codes."""
    msgtype = string(call.body, "msgtype")
    readers = _OFFICIAL if call.account.official else _MINIPROGRAM
    if msgtype == "wxcard" and call.account.official:
        raise PlatformError(48001)
    if msgtype not in readers:
        raise PlatformError(40008)
    kind, read = readers[msgtype]
    return kind, read(call, mapping(call.body, msgtype))


def text(_: Call, given: JsonObject) -> JsonObject:
    content = string(given, "content")
    if not content:
        raise PlatformError(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise PlatformError(45002)
    return {"content": content}


def _media(call: Call, media_id: str, *types: str) -> str:
    media = call.platform.media.valid(media_id, call.desk.app_id, call.now)
    if media is None or media.type not in types:
        raise PlatformError(40007)
    return media_path(media_id)


def image(call: Call, given: JsonObject) -> JsonObject:
    return {"url": _media(call, string(given, "media_id"), "image")}


def voice(call: Call, given: JsonObject) -> JsonObject:
    return {"url": _media(call, string(given, "media_id"), "voice")}


def _video(call: Call, video: JsonObject) -> JsonObject:
    address = _media(call, string(video, "media_id"), "video")
    if "thumb_media_id" in video:
        _thumb(call, string(video, "thumb_media_id"))
    return {"url": address, "title": string(video, "title"), "description": string(video, "description")}


def _news(_: Call, news: JsonObject) -> JsonObject:
    articles = objects(news, "articles")
    if not articles:
        raise PlatformError(44003)
    if len(articles) > 1:
        raise PlatformError(45008)
    names = ("title", "description", "picurl", "url")
    return {"articles": [{name: string(articles[0], name) for name in names}]}


def _mpnewsarticle(call: Call, article: JsonObject) -> JsonObject:
    published = call.desk.published.get(string(article, "article_id"))
    if published is None or published.gone or call.now < published.created_at:
        raise PlatformError(53600)
    return {"articles": article_cards(call, published.articles)}


def article_cards(call: Call, articles: list[JsonObject]) -> list[JsonObject]:
    """Articles of the draft box as the phone lists them."""
    return [_article_card(call, article) for article in articles]


def _article_card(call: Call, article: JsonObject) -> JsonObject:
    thumb, digest = media_path(string(article, "thumb_media_id")), string(article, "digest")
    names = {"title": string(article, "title"), "digest": digest, "description": digest}
    return names | {"thumb_url": thumb, "picurl": thumb, "url": call.base_url + page_path(article)}


def _msgmenu(call: Call, menu: JsonObject) -> JsonObject:
    if not call.account.certified:
        raise PlatformError(40200)
    items = [{"id": _id(item), "content": string(item, "content")} for item in objects(menu, "list")]
    if not items or not all(item["id"] and item["content"] for item in items):
        raise PlatformError(44004)
    return {"head": string(menu, "head_content"), "items": items, "tail": string(menu, "tail_content")}


def _id(item: JsonObject) -> str:
    """The documentation shows it as a string; numbers are seen and accepted."""
    value = item.get("id")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _miniprogrampage(call: Call, page: JsonObject) -> JsonObject:
    """Its picture must exist; an official account may only show a mini-program it is linked with."""
    app_id = string(page, "appid") if call.account.official else call.account.app_id
    target = call.platform.accounts.get(app_id)
    if target is None or target.official:
        raise PlatformError(40013)
    thumb = _thumb(call, string(page, "thumb_media_id"))
    names = {"title": string(page, "title"), "pagepath": string(page, "pagepath")}
    return names | {"appid": app_id, "thumb_url": thumb}


def _thumb(call: Call, media_id: str) -> str:
    return _media(call, media_id, "image", "thumb")


def _music(call: Call, music: JsonObject) -> JsonObject:
    _thumb(call, string(music, "thumb_media_id"))
    texts = {"title": string(music, "title"), "description": string(music, "description")}
    return texts | {"url": string(music, "musicurl")}


def _link(_: Call, link: JsonObject) -> JsonObject:
    if not string(link, "url") or not string(link, "title"):
        raise PlatformError(44004)
    return {name: string(link, name) for name in ("title", "description", "url", "thumb_url")}


_OFFICIAL: dict[str, tuple[Kind, Reader]] = {
    "text": (Kind.TEXT, text),
    "image": (Kind.IMAGE, image),
    "voice": (Kind.VOICE, voice),
    "video": (Kind.VIDEO, _video),
    "music": (Kind.MUSIC, _music),
    "news": (Kind.NEWS, _news),
    "mpnewsarticle": (Kind.NEWS, _mpnewsarticle),
    "msgmenu": (Kind.MSGMENU, _msgmenu),
    "miniprogrampage": (Kind.MINIPROGRAMPAGE, _miniprogrampage),
}
_MINIPROGRAM: dict[str, tuple[Kind, Reader]] = {
    "text": (Kind.TEXT, text),
    "image": (Kind.IMAGE, image),
    "link": (Kind.LINK, _link),
    "miniprogrampage": (Kind.MINIPROGRAMPAGE, _miniprogrampage),
}
