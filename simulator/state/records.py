"""Small things an account's desk keeps: credentials and counts, menus, codes and links.

Only shapes; the rules stand beside the interfaces that use them.
"""

from dataclasses import dataclass, field

from simulator.shapes import JsonObject


@dataclass(slots=True)
class Token:
    app_id: str
    until: float
    revoked_at: float | None = None


@dataclass(slots=True)
class TokenSlot:
    """What one of the two token endpoints hands out: they are isolated from each other."""

    current: str = ""
    previous: str = ""
    forced_at: float = 0.0


@dataclass(slots=True)
class Count:
    """Uses of an interface in the period (day or minute) of that number."""

    period: int = -1
    used: int = 0


@dataclass(slots=True)
class Menu:
    id: int
    buttons: list[JsonObject]


@dataclass(slots=True)
class QrCode:
    ticket: str
    app_id: str
    action: str
    scene: str
    url: str
    until: float | None  # None: permanent


@dataclass(slots=True)
class ConditionalMenu:
    """A menu for those whom its rule fits; `rule` as given, with the kinds of the sheet only."""

    id: int
    buttons: list[JsonObject]
    rule: JsonObject


@dataclass(slots=True)
class Session:
    """What a login left: the key lives until the next login or a reset."""

    key: str
    at: float


@dataclass(slots=True)
class WebGrant:
    """One consent on a web page: the token of two hours and what renews it for thirty days."""

    openid: str
    pid: str
    scope: str
    until: float
    refresh_token: str
    refresh_until: float


@dataclass(slots=True)
class Ticket:
    value: str
    until: float


@dataclass(slots=True)
class MiniCode:
    """A mini-program code, a URL link or a scheme: all of them open a page."""

    url: str
    kind: str  # unlimited, code, qrcode, urllink, scheme
    page: str
    query: str = ""
    scene: str = ""
    env_version: str = "release"
    until: float | None = None


@dataclass(slots=True)
class MiniCodes:
    """By slug. `counted` of them share the limit of 100,000; `loose_pages` are the unchecked ones."""

    codes: dict[str, MiniCode] = field(default_factory=dict)
    counted: int = 0
    loose_pages: dict[str, bool] = field(default_factory=dict)
