"""What `send_many` takes and gives: messages to one person each, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from backend.wechat.failures import GatewayError


class Send(Protocol):
    """CustomSend, TemplateSend, NoticeSend and SubscribeSend are such; an engine may bring its own, with a row's id."""

    @property
    def openid(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def deduplicated(self) -> bool:
        """The platform delivers it once, however often it is sent within ten minutes."""
        ...

    @property
    def urgent(self) -> bool:
        """Somebody waits for it: it goes beside the rate that all processes keep to together."""
        ...

    def body(self) -> Mapping[str, Any]: ...


Item = TypeVar("Item", bound=Send)
Thing = TypeVar("Thing")
"""An `Item`, or what stands for it."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Thing]):
    """No error: accepted, which is not delivered. With one, `error.sent` tells whether it may have been accepted."""

    item: Thing
    error: GatewayError | None
    msgid: str = ""
    tries: int = 1


@dataclass(frozen=True)
class Limits:
    """Most in flight at once, and calls a second to one interface by all processes together (0: no limit).

    Developers report that the platform blocks at about 400 in flight.
    """

    in_flight: int = 64
    per_second: int = 1000
    waits_for: float = 90.0
    """Seconds a batch waits for a closed interface to open again before it ends, and a message for its next try."""
