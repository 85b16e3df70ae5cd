"""What the platform remembers of failed calls, so that rid/get can be asked about them (protocol §0)."""

import re
from dataclasses import dataclass

REMEMBERED = 5_000
BYTES_KEPT = 4_096
LIFETIME = 7 * 86_400
_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Trace:
    """One call that was answered with an error. `app_id` is empty when nobody knows whose it was."""

    app_id: str
    path: str
    url: str
    at: float
    ms: float
    request: bytes
    response: bytes
    address: str


class Rids:
    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}

    def remember(self, rid: str, trace: Trace) -> None:
        self._traces[rid] = trace
        if len(self._traces) > REMEMBERED:
            del self._traces[next(iter(self._traces))]

    def find(self, rid: str) -> Trace | None:
        return self._traces.get(rid)

    def clear(self) -> None:
        self._traces.clear()


def well_formed(rid: str) -> bool:
    return bool(_FORM.fullmatch(rid))
