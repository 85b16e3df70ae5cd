"""One conversation between a person and an account: its messages and what is remembered beside them."""

from dataclasses import dataclass, field
from enum import StrEnum

from simulator.clock import iso
from simulator.shapes import JsonObject
from simulator.state.credits import Consent

MESSAGES_KEPT = 300


class By(StrEnum):
    PERSON = "person"
    ACCOUNT = "account"
    PLATFORM = "platform"


class Kind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    MUSIC = "music"
    LOCATION = "location"
    LINK = "link"
    NEWS = "news"
    MSGMENU = "msgmenu"
    MINIPROGRAMPAGE = "miniprogrampage"
    TEMPLATE = "template"
    SUBSCRIBE = "subscribe"
    EVENT = "event"
    NOTICE = "notice"


class State(StrEnum):
    SENDING = "sending"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(slots=True)
class Message:
    id: int
    at: float
    by: By
    kind: Kind
    content: JsonObject
    state: State | None = None

    def shown(self) -> JsonObject:
        shown = {"id": self.id, "at": iso(self.at), "by": self.by, "kind": self.kind, **self.content}
        return shown | {"state": self.state} if self.state else shown


@dataclass(slots=True)
class Grant:
    """How many customer-service messages one kind of interaction still allows, and until when."""

    left: int = 0
    until: float = 0.0


@dataclass(slots=True)
class Sent:
    """A template message with a client_msg_id, remembered against its repetition."""

    at: float
    msgid: int


@dataclass(slots=True)
class Subscription:
    """What user/info tells about a follower."""

    at: float = 0.0
    scene: str = ""
    qr_scene: int = 0
    qr_scene_str: str = ""


@dataclass(slots=True)
class Chat:
    pid: str
    openid: str
    following: bool = False
    subscription: Subscription = field(default_factory=Subscription)
    # Kept apart because they do not add up: see windows.py.
    long_grant: Grant = field(default_factory=Grant)
    short_grant: Grant = field(default_factory=Grant)
    agent_until: float = 0.0
    agent_account: str = ""
    typing_until: float = 0.0
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    visited_at: float = 0.0  # a mini-program: when it was last opened
    blocked: bool = False  # a follower who switched the account's messages off
    consents: dict[str, Consent] = field(default_factory=dict)  # by template_id
    sent: dict[str, Sent] = field(default_factory=dict)  # by client_msg_id
    noticed_at: float = 0.0  # the last subscription message
    mass_month: int = 0  # the Beijing month that mass_received counts
    mass_received: int = 0
    unread: int = 0
    messages: list[Message] = field(default_factory=list)

    def standing(self, now: float) -> JsonObject:
        return {
            "following": self.following,
            "blocked": self.blocked,
            "agent": self.agent_until > now,
            "unread": self.unread,
            "typing": self.typing_until > now,
        }

    def add(self, message: Message) -> None:
        self.messages.append(message)
        self.unread += message.by is not By.PERSON
        if len(self.messages) > MESSAGES_KEPT:
            del self.messages[: -MESSAGES_KEPT // 2]
