"""One call of the gateway as the contract sees it, and the numbers that the protocol sheet documents for many calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contracts.gateway.given import Given

# §3.6: what every interface that takes our token may answer. §3.3: 40164, to a service account.
ANY = (-1, 40001, 40014, 42001, 41001, 45009, 45011, 48001, 48004, 50002, 268487001, 268487002)
OFFICIAL = (*ANY, 40164)
JSON = (*ANY, 47001)
OFFICIAL_JSON = (*OFFICIAL, 47001)


def nothing(_: Given) -> None:
    """The call needs nothing to be there."""


@dataclass(frozen=True)
class Line:
    """`call` takes what `prepare` has made, so that a fault can strike the one and not the other.

    `documented` are the numbers the sheet gives for the interface. `answers` are those of them that are no error to
    the caller but an answer.
    """

    path: str
    call: Callable[[Given, Any], object]
    documented: tuple[int, ...]
    prepare: Callable[[Given], Any] = nothing
    answers: Mapping[int, object] = field(default_factory=dict)
    by_token: bool = True  # of the account; others take the secret, a visitor's token or nothing


def only(gateway_call: Callable[[Given], object]) -> Callable[[Given, Any], object]:
    """A call that needs nothing prepared."""
    return lambda given, _: gateway_call(given)
