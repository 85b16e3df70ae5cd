"""Message templates of an account: typed keywords, and the check of what is to stand in them."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from simulator.errors import PlatformError
from simulator.rules.fieldrules import fits
from simulator.shapes import JsonObject, mapping

MOST_TEMPLATES = 25
ONCE, ONE_OFF, LONG_TERM = 1, 2, 3  # legacy one-time subscription, and the `type` of gettemplate
ID_LENGTH = 43


@dataclass(slots=True)
class Keyword:
    key: str  # the type with its number, as in {{thing1.DATA}}
    label: str
    example: str
    values: list[str] = field(default_factory=list)  # of an enum or const

    @property
    def kind(self) -> str:
        return self.key.rstrip("0123456789")


@dataclass(slots=True)
class Template:
    id: str
    number: str  # in the public library
    title: str
    keywords: list[Keyword]
    type: int = ONE_OFF
    industry: str = ""
    sub_industry: str = ""
    scene: str = ""

    @property
    def content(self) -> str:
        return "".join(f"{keyword.label}:{{{{{keyword.key}.DATA}}}}\n" for keyword in self.keywords)

    @property
    def example(self) -> str:
        return "".join(f"{keyword.label}:{keyword.example}\n" for keyword in self.keywords)

    def rows(self, data: JsonObject) -> list[JsonObject]:
        """What the phone shows. Other keys (`first`, `remark`) are dropped silently; raises 47003."""
        return [{"label": keyword.label, "value": _value(keyword, data)} for keyword in self.keywords]


@dataclass(slots=True)
class Intercepted:
    """A template message that was accepted and never shown, as queryblocktmplmsg lists it."""

    id: int
    tmpl_msg_id: str
    title: str
    content: str
    send_timestamp: int
    openid: str


def _value(keyword: Keyword, data: JsonObject) -> str:
    value = mapping(data, keyword.key).get("value")
    if not isinstance(value, str) or not fits(keyword.kind, value, keyword.values):
        raise PlatformError(47003, f"argument invalid! data.{keyword.key}.value invalid")
    return value


def template_id(readable: str) -> str:
    """The same on every start, and as long and odd as a real one."""
    digest = urlsafe_b64encode(hashlib.sha256(readable.encode()).digest()).decode()
    return f"{readable}_{digest}"[:ID_LENGTH]
