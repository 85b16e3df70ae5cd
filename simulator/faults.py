"""Faults on demand: what goes wrong, on which interface or on the pushes, with whom and how often.

It only says what strikes; api/trouble.py and push/mishaps.py carry it out. Nothing of it is saved.
"""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum

from simulator.shapes import JsonObject

PUSH = "push"  # the path that stands for the deliveries to the accounts' servers
EVERYTHING = "*"  # every interface, but not the pushes


class FaultKind(StrEnum):
    ERRCODE = "errcode"
    HTTP_502 = "http502"
    HTML = "html"
    REFUSED = "refused"
    HANG = "hang"
    SLOW = "slow"
    ANSWER_LOST = "answer_lost"
    HANG_AFTER = "hang_after"
    TRUNCATED = "truncated"
    TOKEN_INVALIDATED = "token_invalidated"  # noqa: S105 - no password
    NO_ERRCODE = "no_errcode"
    STRING_ERRCODE = "string_errcode"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_APPID = "wrong_appid"


ON_DELIVERIES = frozenset({FaultKind.DUPLICATE, FaultKind.DELAY, FaultKind.REORDER})
ON_ATTEMPTS = frozenset({FaultKind.WRONG_SIGNATURE, FaultKind.WRONG_APPID})
ON_PUSHES = ON_DELIVERIES | ON_ATTEMPTS
ON_CALLS = frozenset(FaultKind) - ON_PUSHES

Struck = dict[FaultKind, "Fault"]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a call or a push concerns: the account, and the people it names."""

    app_id: str
    openids: frozenset[str]


@dataclass(slots=True)
class Fault:
    id: int
    path: str
    fault: FaultKind
    errcode: int = -1
    seconds: float = 3.0
    times: int | None = None
    rate: float = 1.0
    app_id: str = ""
    openid: str = ""
    hits: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self) -> JsonObject:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "gone"}

    def concerns(self, path: str) -> bool:
        return not self.spent and (self.path == path or (self.path == EVERYTHING and path != PUSH))

    def strikes(self, target: Target) -> bool:
        """Counts the hit when it does."""
        if self.app_id not in {"", target.app_id} or (self.openid and self.openid not in target.openids):
            return False
        if self.rate < 1 and random.random() >= self.rate:  # noqa: S311 - a dice, no secret
            return False
        self.hits += 1
        return True

    @property
    def spent(self) -> bool:
        return self.times is not None and self.hits >= self.times


class Faults:
    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._last_id = 0
        self.held_back: dict[str, asyncio.Event] = {}  # by app id; see push/mishaps.py

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, path: str, kind: FaultKind, **more: object) -> Fault:
        self._last_id += 1
        fault = self._faults[self._last_id] = Fault(self._last_id, path, kind)
        for name, value in more.items():
            setattr(fault, name, value)
        return fault

    def concern(self, path: str) -> bool:
        """Whether it is worth finding out whom the call concerns."""
        return any(fault.concerns(path) for fault in self._faults.values())

    def striking(self, path: str, target: Target, kinds: Iterable[FaultKind] = frozenset(FaultKind)) -> Struck:
        """The faults that hit this one, at most one of a kind."""
        struck: Struck = {}
        for fault in self._faults.values():
            if fault.fault in kinds and fault.fault not in struck and fault.concerns(path) and fault.strikes(target):
                struck[fault.fault] = fault
        return struck

    def listed(self) -> list[Fault]:
        return list(self._faults.values())

    def remove(self, fault_id: int) -> bool:
        """What hangs by it comes loose."""
        fault = self._faults.pop(fault_id, None)
        if fault is None:
            return False
        fault.gone.set()
        if fault.fault is FaultKind.REORDER:
            self._let_all_pass()
        return True

    def _let_all_pass(self) -> None:
        for held in self.held_back.values():
            held.set()
        self.held_back.clear()

    def clear(self) -> None:
        for fault_id in list(self._faults):
            self.remove(fault_id)
        self._let_all_pass()
