"""What an interface function receives, and how it is declared. The gate does what is the same for all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from aiohttp import web

from simulator.accounts import Account, AccountKind
from simulator.errors import PlatformError
from simulator.platform import Platform
from simulator.shapes import JsonObject
from simulator.state.world import Desk

OK: JsonObject = {"errcode": 0, "errmsg": "ok"}
OFFICIAL = frozenset({AccountKind.OFFICIAL})
MINIPROGRAM = frozenset({AccountKind.MINIPROGRAM})
BOTH = OFFICIAL | MINIPROGRAM


class Body(Enum):
    NONE = auto()
    JSON = auto()
    JSON_OR_NONE = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    content: bytes
    description: str = ""  # the second part of a permanent video


@dataclass(slots=True)
class Call:
    """One call of an interface that has passed the gate."""

    platform: Platform
    query: dict[str, str]
    raw: bytes
    base_url: str
    now: float
    body: JsonObject = field(default_factory=dict)
    upload: Upload | None = None
    address: str = ""  # of the caller
    caller: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The desk of the account whose credential it is."""
        if self.caller is None:
            raise PlatformError(41001)
        return self.caller

    @property
    def account(self) -> Account:
        return self.platform.accounts[self.desk.app_id]


@dataclass(frozen=True, slots=True)
class Interface:
    """A row of the table of platform interfaces. `kinds` empty: needs no credential."""

    method: str
    path: str
    run: Callable[[Call], JsonObject | web.Response]
    kinds: frozenset[AccountKind] = BOTH
    body: Body = Body.NONE
