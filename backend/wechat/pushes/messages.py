"""Every message and event of the platform as a typed value. Coordinates are WGS84, moments aware UTC.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Inbound:
    """What all have: who (`openid`) wrote to whom (`to`), when, and the key that a repetition shares."""

    openid: str
    to: str
    at: datetime
    key: str


# What a person sends


@dataclass(frozen=True, slots=True)
class Text(Inbound):
    content: str
    menu_item: str = ""  # id of the msgmenu item that was tapped


@dataclass(frozen=True, slots=True)
class Image(Inbound):
    media_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Voice(Inbound):
    media_id: str
    format: str = ""
    media_id_16k: str = ""


@dataclass(frozen=True, slots=True)
class Video(Inbound):
    media_id: str
    thumb_media_id: str = ""
    short: bool = False


@dataclass(frozen=True, slots=True)
class Location(Inbound):
    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link(Inbound):
    title: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class MiniProgramPage(Inbound):
    title: str
    app_id: str
    page_path: str


# Coming, going, scanning


@dataclass(frozen=True, slots=True)
class Subscribe(Inbound):
    scene: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Unsubscribe(Inbound):
    pass


@dataclass(frozen=True, slots=True)
class Scan(Inbound):
    scene: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class EnterSession(Inbound):
    """A mini-program user opened the customer-service conversation."""

    session_from: str = ""


# The menu


@dataclass(frozen=True, slots=True)
class Click(Inbound):
    menu_key: str


@dataclass(frozen=True, slots=True)
class View(Inbound):
    url: str
    menu_id: str = ""


@dataclass(frozen=True, slots=True)
class ViewMiniProgram(Inbound):
    page_path: str
    menu_id: str = ""


@dataclass(frozen=True, slots=True)
class ScanCode(Inbound):
    """`waits`: the person looks at 「消息接收中」 until we reply."""

    menu_key: str
    scan_type: str
    result: str
    waits: bool


@dataclass(frozen=True, slots=True)
class PhotoMenu(Inbound):
    """Announces pictures; they follow as Image messages."""

    menu_key: str
    count: int


@dataclass(frozen=True, slots=True)
class LocationMenu(Inbound):
    """Announces a Location message."""

    menu_key: str


@dataclass(frozen=True, slots=True)
class LocationReport(Inbound):
    """The account's own position reports. There is no location history here: nobody stores this."""

    latitude: float
    longitude: float


# What became of what we sent


@dataclass(frozen=True, slots=True)
class TemplateFinished(Inbound):
    message_id: str
    status: str  # "success", "failed:userblock", "failed:systemfailed": lower case, no spaces


@dataclass(frozen=True, slots=True)
class MassFinished(Inbound):
    message_id: str
    status: str  # "sendsuccess", "sendfail", "err(20001)": lower case, no spaces
    total: int
    filtered: int
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class PublishFinished(Inbound):
    publish_id: str
    status: int
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One template in a subscription event."""

    template_id: str
    status: str  # "accept" or "reject"
    scene: str = ""


@dataclass(frozen=True, slots=True)
class SubscribePopup(Inbound):
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SubscribeChange(Inbound):
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SentResult:
    template_id: str
    message_id: str
    error_code: int
    error_status: str


@dataclass(frozen=True, slots=True)
class SubscribeSent(Inbound):
    results: tuple[SentResult, ...]


@dataclass(frozen=True, slots=True)
class MediaChecked(Inbound):
    trace_id: str
    error_code: int
    suggest: str
    label: int


# The account and its people


@dataclass(frozen=True, slots=True)
class AgentSession(Inbound):
    """A human agent took (`created`), passed on (`switched`) or ended (`closed`) the conversation."""

    change: str
    agent: str
    earlier_agent: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizationChange(Inbound):
    """`openid` is the person here, although the platform is the sender. What `revoked` names must be deleted."""

    change: str  # "modified", "revoked" or "cancelled"
    unionid: str
    revoked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Punished(Inbound):
    event_type: int


@dataclass(frozen=True, slots=True)
class Unknown(Inbound):
    kind: str
