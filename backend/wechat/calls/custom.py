"""Customer-service messages: to whoever wrote, followed, scanned or tapped a moment ago (protocol sheet §4.5).

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
"""

from dataclasses import asdict, dataclass
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.lengths import shorten
from backend.wechat.retries import Repeat

SEND = "/cgi-bin/message/custom/send"
TYPING = {"official": "/cgi-bin/message/custom/typing", "miniprogram": "/cgi-bin/message/custom/business/typing"}


Content = dict[str, Any]


@dataclass(frozen=True)
class CustomText:
    content: str

    kind = "text"

    def body(self) -> Content:
        return {"content": self.content}


@dataclass(frozen=True)
class CustomImage:
    media_id: str

    kind = "image"

    def body(self) -> Content:
        return {"media_id": self.media_id}


@dataclass(frozen=True)
class CustomVoice:
    media_id: str

    kind = "voice"

    def body(self) -> Content:
        return {"media_id": self.media_id}


@dataclass(frozen=True)
class CustomVideo:
    media_id: str
    thumb_media_id: str
    title: str = ""
    description: str = ""

    kind = "video"

    def body(self) -> Content:
        return asdict(self)


@dataclass(frozen=True)
class CustomMusic:
    title: str
    description: str
    url: str
    thumb_media_id: str

    kind = "music"

    def body(self) -> Content:
        texts = {"title": self.title, "description": self.description, "thumb_media_id": self.thumb_media_id}
        return {**texts, "musicurl": self.url, "hqmusicurl": self.url}


@dataclass(frozen=True)
class CustomNews:
    """One article: more are refused with 45008."""

    title: str
    description: str
    url: str
    picture_url: str

    kind = "news"

    def body(self) -> Content:
        article = {"title": self.title, "description": self.description, "url": self.url, "picurl": self.picture_url}
        return {"articles": [article]}


@dataclass(frozen=True)
class CustomArticle:
    """An article that was published."""

    article_id: str

    kind = "mpnewsarticle"

    def body(self) -> Content:
        return {"article_id": self.article_id}


@dataclass(frozen=True)
class CustomMenu:
    """Lines the person can tap. What she taps comes back as Text with `menu_item`."""

    head: str
    items: tuple[tuple[str, str], ...]  # (id, words)
    tail: str = ""

    kind = "msgmenu"

    def body(self) -> Content:
        lines = [{"id": item, "content": words} for item, words in self.items]
        return {"head_content": self.head, "list": lines, "tail_content": self.tail}


@dataclass(frozen=True)
class CustomMiniProgram:
    """A card that opens a page of a mini-program."""

    title: str
    app_id: str
    page_path: str
    thumb_media_id: str

    kind = "miniprogrampage"

    def body(self) -> Content:
        page = {"title": self.title, "appid": self.app_id, "pagepath": self.page_path}
        return {**page, "thumb_media_id": self.thumb_media_id}


@dataclass(frozen=True)
class CustomLink:
    """Only from a mini-program."""

    title: str
    description: str
    url: str
    thumb_url: str

    kind = "link"

    def body(self) -> Content:
        return asdict(self)


CustomMessage = (
    CustomText
    | CustomImage
    | CustomVoice
    | CustomVideo
    | CustomMusic
    | CustomNews
    | CustomArticle
    | CustomMenu
    | CustomMiniProgram
    | CustomLink
)


def short_text(content: str) -> CustomText:
    """A text cut to what the platform delivers."""
    return CustomText(shorten(content))


@dataclass(frozen=True, slots=True)
class CustomSend:
    """One message to one person, for `send_many`. The platform does not de-duplicate these."""

    openid: str
    message: CustomMessage

    path = SEND
    deduplicated = False
    urgent = False

    def body(self) -> dict[str, Any]:
        kind = self.message.kind
        return {"touser": self.openid, "msgtype": kind, kind: self.message.body()}


class Custom:
    def __init__(self, caller: Caller, kind: str) -> None:
        self._caller, self._typing = caller, TYPING[kind]

    def send(self, openid: str, message: CustomMessage) -> None:
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/kf-mgnt/kf-message/sendCustomMessage.html
        # https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
        self._caller.post(SEND, CustomSend(openid, message).body(), Repeat.UNSENT)

    def typing(self, openid: str, on: bool = True) -> None:
        """「对方正在输入」, for up to fifteen seconds; only within the window of a message."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/kf-mgnt/kf-message/setTyping.html
        # https://developers.weixin.qq.com/doc/service/api/customer/message/api_typing
        self._caller.post(self._typing, {"touser": openid, "command": "Typing" if on else "CancelTyping"})
