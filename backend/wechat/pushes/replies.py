"""What may be answered to a push within its five seconds, and how it is written for the platform.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
Own rendering rather than wechatpy's: that one lets `]]>` in a text end its CDATA and inject elements.
"""

import json
import re
from dataclasses import dataclass

from backend.wechat.lengths import shorten
from backend.wechat.pushes.envelope import Sealed
from backend.wechat.pushes.messages import Inbound

RECEIVED = b"success"
"""Received, no reply, do not send it again. Never encrypted."""

_NOT_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class TextReply:
    content: str


@dataclass(frozen=True)
class ImageReply:
    media_id: str


@dataclass(frozen=True)
class VoiceReply:
    media_id: str


@dataclass(frozen=True)
class VideoReply:
    media_id: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class MusicReply:
    thumb_media_id: str
    title: str = ""
    description: str = ""
    url: str = ""
    hq_url: str = ""


@dataclass(frozen=True)
class NewsReply:
    """One article: the platform has shown no more than one since 2018."""

    title: str
    description: str
    picture_url: str
    url: str


@dataclass(frozen=True)
class TransferReply:
    """Hands the conversation to the human agents. Only as the answer to a message, never to an event."""

    agent: str = ""


Reply = TextReply | ImageReply | VoiceReply | VideoReply | MusicReply | NewsReply | TransferReply
Element = str | int | list["Pair"]
Pair = tuple[str, Element]


def render(reply: Reply, message: Inbound, seconds: int, form: str) -> bytes:
    """`form` is "xml" or "json", as the message came."""
    head: list[Pair] = [("ToUserName", message.openid), ("FromUserName", message.to), ("CreateTime", seconds)]
    return write([*head, *_elements(reply)], form)


def render_sealed(sealed: Sealed, form: str) -> bytes:
    """The nonce is the request's: it goes through the same escaping as any other text."""
    if form == "json":
        elements = {"Encrypt": sealed.encrypt, "MsgSignature": sealed.signature}
        return json.dumps({**elements, "TimeStamp": int(sealed.timestamp), "Nonce": sealed.nonce}).encode()
    # Written out, because every answer passes here.
    return (
        f"<xml><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sealed.signature}]]></MsgSignature>"
        f"<TimeStamp>{sealed.timestamp}</TimeStamp><Nonce>{_xml_value(sealed.nonce)}</Nonce></xml>"
    ).encode("utf-8", "ignore")


def write(pairs: list[Pair], form: str) -> bytes:
    if form == "json":
        return json.dumps(_as_json(pairs), ensure_ascii=False).encode("utf-8", "ignore")
    return f"<xml>{_as_xml(pairs)}</xml>".encode("utf-8", "ignore")


def _elements(reply: Reply) -> list[Pair]:  # noqa: PLR0911 - one kind, one line
    match reply:
        case TextReply(content):
            return [("MsgType", "text"), ("Content", shorten(content))]
        case ImageReply(media_id):
            return [("MsgType", "image"), ("Image", [("MediaId", media_id)])]
        case VoiceReply(media_id):
            return [("MsgType", "voice"), ("Voice", [("MediaId", media_id)])]
        case VideoReply(media_id, title, description):
            video: list[Pair] = [("MediaId", media_id), ("Title", title), ("Description", description)]
            return [("MsgType", "video"), ("Video", video)]
        case MusicReply():
            return [("MsgType", "music"), ("Music", _music(reply))]
        case NewsReply():
            return [("MsgType", "news"), ("ArticleCount", 1), ("Articles", [("item", _article(reply))])]
        case TransferReply(agent):
            target: list[Pair] = [("TransInfo", [("KfAccount", agent)])] if agent else []
            return [("MsgType", "transfer_customer_service"), *target]


def _music(reply: MusicReply) -> list[Pair]:
    words: list[Pair] = [("Title", reply.title), ("Description", reply.description)]
    return [
        *words,
        ("MusicUrl", reply.url),
        ("HQMusicUrl", reply.hq_url),
        ("ThumbMediaId", reply.thumb_media_id),
    ]


def _article(reply: NewsReply) -> list[Pair]:
    words: list[Pair] = [("Title", reply.title), ("Description", reply.description)]
    return [*words, ("PicUrl", reply.picture_url), ("Url", reply.url)]


def _as_xml(pairs: list[Pair]) -> str:
    return "".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in pairs)


def _xml_value(value: Element) -> str:
    if isinstance(value, list):
        return _as_xml(value)
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{_printable(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _printable(text: str) -> str:
    """XML 1.0 has no place for the control characters, not even escaped."""
    return _NOT_XML.sub("", text)


def _as_json(pairs: list[Pair]) -> dict[str, object]:
    return {name: _as_json(value) if isinstance(value, list) else value for name, value in pairs}
