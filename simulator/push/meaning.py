"""What a passive reply means for the person: a message, a hand-over to an agent, or nothing (§1.6, §1.7)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.accounts import Account
from simulator.push.replies import BadReply, check_parties
from simulator.shapes import JsonObject, mapping, objects, string
from simulator.state.chats import Kind
from simulator.state.media import MediaShelf, media_path

TEXT_BYTES = 2_048
_ANSWERABLE_EVENTS = {"subscribe", "scan", "click", "scancode_waitmsg"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """Without a kind there is nothing to show; `note` says why, for the journal."""

    kind: Kind | None = None
    content: JsonObject = field(default_factory=dict)
    note: str = ""
    agent: str | None = None  # the agent account that takes over, empty for any


@dataclass(frozen=True, slots=True)
class Shelf:
    """The media that this account may use now."""

    media: MediaShelf
    app_id: str
    now: float

    def address(self, reply: JsonObject, name: str, media_type: str) -> str:
        media_id = string(mapping(reply, name), "MediaId")
        media = self.media.valid(media_id, self.app_id, self.now)
        if media is None or media.type != media_type:
            raise BadReply(f"{name}/MediaId 不存在、已过期或类型不符")
        return media_path(media_id)


def visible(fields: JsonObject) -> bool:
    """Whether she waits for an answer: other events ignore the reply and show no failure."""
    return not is_event(fields) or str(fields.get("Event", "")).lower() in _ANSWERABLE_EVENTS


def is_event(fields: JsonObject) -> bool:
    return fields.get("MsgType") == "event"


def meaning_of(account: Account, pushed: JsonObject, reply: JsonObject, shelf: Shelf) -> Meaning:
    """Raises BadReply for what the platform answers with its own sentence."""
    if not reply:
        return Meaning()
    check_parties(account, str(pushed.get("FromUserName", "")), reply)
    reply_type = string(reply, "MsgType")
    if reply_type == "transfer_customer_service":
        return _transfer(pushed, reply)
    if reply_type not in _READERS:
        raise BadReply(f"不认识的 MsgType「{reply_type}」")
    if not visible(pushed):
        return Meaning(note="这种事件不接受被动回复，已忽略")
    if not account.official:
        return Meaning(note="小程序客服消息不接受被动回复，已忽略")
    return _READERS[reply_type](reply, shelf)


def _transfer(pushed: JsonObject, reply: JsonObject) -> Meaning:
    if is_event(pushed):
        return Meaning(note="事件不能转人工客服，已忽略")
    agent = string(mapping(reply, "TransInfo"), "KfAccount")
    return Meaning(Kind.NOTICE, {"text": "已转人工客服"}, agent=agent)


def _text(reply: JsonObject, _: Shelf) -> Meaning:
    content = string(reply, "Content")
    if not content:
        raise BadReply("Content 为空；不想回复请回 success")
    if len(content.encode()) > TEXT_BYTES:
        return Meaning(note=f"文本超过 {TEXT_BYTES} 字节，平台不显示")
    return Meaning(Kind.TEXT, {"content": content})


def _image(reply: JsonObject, shelf: Shelf) -> Meaning:
    return Meaning(Kind.IMAGE, {"url": shelf.address(reply, "Image", "image")})


def _voice(reply: JsonObject, shelf: Shelf) -> Meaning:
    return Meaning(Kind.VOICE, {"url": shelf.address(reply, "Voice", "voice")})


def _video(reply: JsonObject, shelf: Shelf) -> Meaning:
    video = mapping(reply, "Video")
    address = shelf.address(reply, "Video", "video")
    texts = {"title": string(video, "Title"), "description": string(video, "Description")}
    return Meaning(Kind.VIDEO, {"url": address, **texts})


def _music(reply: JsonObject, _: Shelf) -> Meaning:
    music = mapping(reply, "Music")
    names = {"title": "Title", "description": "Description", "url": "MusicUrl"}
    return Meaning(Kind.MUSIC, {key: string(music, name) for key, name in names.items()})


def _news(reply: JsonObject, _: Shelf) -> Meaning:
    articles = _articles(reply)
    if not articles or str(reply.get("ArticleCount", "")) != str(len(articles)):
        raise BadReply("ArticleCount 与 Articles 不符")
    note = "" if len(articles) == 1 else "图文超过 1 条，只显示第一条"
    return Meaning(Kind.NEWS, {"articles": [_article(articles[0])]}, note)


def _articles(reply: JsonObject) -> list[JsonObject]:
    """In XML Articles/item, where a single item is no list; in JSON also Articles itself as the list."""
    articles = reply.get("Articles")
    if isinstance(articles, dict):
        item = articles.get("item")
        articles = item if isinstance(item, list) else [item]
    return objects({"articles": articles}, "articles")


def _article(item: JsonObject) -> JsonObject:
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    return {key: string(item, name) for key, name in names.items()}


_READERS: dict[str, Callable[[JsonObject, Shelf], Meaning]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
}
