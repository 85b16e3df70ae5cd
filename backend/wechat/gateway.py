"""What the house asks of the platform, in our own words: the port, and the values that go through it.

`backend.wechat.live` speaks to the real platform or to the simulator; nothing above knows which.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.wechat.replies import shorten


@dataclass(frozen=True)
class CustomText:
    content: str


@dataclass(frozen=True)
class CustomImage:
    media_id: str


@dataclass(frozen=True)
class CustomVoice:
    media_id: str


@dataclass(frozen=True)
class CustomNews:
    """One article: more are refused with 45008."""

    title: str
    description: str
    url: str
    picture_url: str


@dataclass(frozen=True)
class CustomMenu:
    """Lines the person can tap. What she taps comes back as Text with `menu_item`."""

    head: str
    items: tuple[tuple[str, str], ...]  # (id, words)
    tail: str = ""


CustomMessage = CustomText | CustomImage | CustomVoice | CustomNews | CustomMenu


@dataclass(frozen=True)
class Button:
    """A menu button: with `buttons` it opens, else it acts as `type` says."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    app_id: str = ""
    page_path: str = ""
    buttons: tuple["Button", ...] = ()


@dataclass(frozen=True)
class ParameterQR:
    """`url` is what the code says; `ticket` fetches the platform's picture of it."""

    ticket: str
    url: str
    seconds: int | None


@dataclass(frozen=True)
class UserInfo:
    openid: str
    subscribed: bool
    unionid: str = ""
    subscribed_at: datetime | None = None
    scene: str = ""


@dataclass(frozen=True)
class Media:
    content: bytes
    content_type: str


class Gateway(Protocol):
    """One account's platform. Every call may raise `backend.wechat.failures.GatewayError`."""

    def send(self, openid: str, message: CustomMessage) -> None: ...

    def push_menu(self, buttons: tuple[Button, ...]) -> None: ...

    def menu(self) -> tuple[Button, ...]: ...

    def remove_menu(self) -> None: ...

    def create_qr(self, scene: str, seconds: int | None) -> ParameterQR:
        """A code that says `scene` when scanned. No seconds: permanent (100,000 in all for an account)."""
        ...

    def qr_picture(self, ticket: str) -> Media: ...

    def user(self, openid: str) -> UserInfo: ...

    def users(self, openids: list[str]) -> list[UserInfo]: ...

    def upload(self, kind: str, filename: str, content: bytes) -> str:
        """Temporary media, good for three days; `kind` is image, voice, video or thumb. Answers the media id."""
        ...

    def download(self, media_id: str) -> Media: ...

    def ping(self) -> None:
        """Fetch or confirm the token: proves address, credentials and whitelist in one call."""
        ...


def short_text(content: str) -> CustomText:
    """A text cut to what the platform delivers."""
    return CustomText(shorten(content))
