"""Faults on demand: what goes wrong, on which interface, how often."""

import random
from dataclasses import asdict, dataclass
from enum import StrEnum

from simulator.shapes import JsonObject


class FaultKind(StrEnum):
    ERRCODE = "errcode"
    HTTP_502 = "http502"
    SLOW = "slow"
    ANSWER_LOST = "answer_lost"
    TOKEN_INVALIDATED = "token_invalidated"  # noqa: S105 - no password
    NO_ERRCODE = "no_errcode"
    STRING_ERRCODE = "string_errcode"


@dataclass(slots=True)
class Fault:
    id: int
    path: str
    fault: FaultKind
    errcode: int = -1
    seconds: float = 3.0
    times: int | None = None
    rate: float = 1.0
    hits: int = 0

    def shown(self) -> JsonObject:
        return asdict(self)

    def strikes(self, path: str) -> bool:
        """Counts the hit when it does."""
        if self.path not in {"*", path} or self.spent:
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

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, path: str, kind: FaultKind) -> Fault:
        self._last_id += 1
        fault = self._faults[self._last_id] = Fault(self._last_id, path, kind)
        return fault

    def striking(self, path: str) -> dict[FaultKind, Fault]:
        """The faults that hit this call, at most one of a kind."""
        struck: dict[FaultKind, Fault] = {}
        for fault in self._faults.values():
            if fault.fault not in struck and fault.strikes(path):
                struck[fault.fault] = fault
        return struck

    def listed(self) -> list[Fault]:
        return list(self._faults.values())

    def remove(self, fault_id: int) -> bool:
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._faults.clear()
