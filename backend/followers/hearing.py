"""When somebody was last heard of: written behind, for many people at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.storage.database import in_transaction
from models.base import database
from models.followers import FollowState, Interaction, WechatIdentity

JOURNAL = "heard"
"""Journal of the key-value store in which `Heard` waits to be written."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody was heard of: written behind, many at once."""

    account_id: int
    openid: str
    at: float  # seconds since 1970
    kind: Interaction

    def pack(self) -> bytes:
        return f"{self.account_id}\t{self.at:.0f}\t{self.kind}\t{self.openid}".encode()

    @staticmethod
    def unpack(raw: bytes) -> "Heard":
        account_id, at, kind, openid = raw.decode().split("\t", 3)
        return Heard(int(account_id), openid, float(at), Interaction(kind))


# One statement for both moments: two would lock the rows in two orders. Since MariaDB lets an assignment see those
# before it, the moment by which the others decide comes last.
_NEWER = "(last_interaction_at IS NULL OR last_interaction_at < {at})"
_SPOKE = "({spoke} = 1 AND (last_message_at IS NULL OR last_message_at < {spoke_at}))"
_HEARD = (
    "UPDATE wechat_identity SET "  # noqa: S608 - no word of anybody's
    f"last_message_at = CASE WHEN {_SPOKE} THEN {{spoke_at}} ELSE last_message_at END, "
    f"last_interaction = CASE WHEN {_NEWER} THEN {{kind}} ELSE last_interaction END, "
    # She is back: whatever the platform said against writing to her is worth asking again.
    f"refused_at = CASE WHEN {_NEWER} THEN NULL ELSE refused_at END, "
    f"refused = CASE WHEN {_NEWER} THEN NULL ELSE refused END, "
    f"last_interaction_at = CASE WHEN {_NEWER} THEN {{at}} ELSE last_interaction_at END "
    f"WHERE account_id = {{account}} AND openid = {{openid}} AND follow_state <> {{left}} AND ({_NEWER} OR {_SPOKE})"
)


def record(all_heard: Iterable[Heard]) -> int:
    """Write the latest interaction of each, and the latest message, which opens the long window even when a tap came
    after it; answers how many people. Doing it twice changes nothing."""
    latest: dict[tuple[int, str], Heard] = {}
    spoken: dict[tuple[int, str], Heard] = {}
    for heard in all_heard:
        _keep_later(latest, heard)
        if heard.kind is Interaction.MESSAGE:
            _keep_later(spoken, heard)
    # In one order for all writers: two that lock the same rows crosswise would end in a deadlock.
    rows = [_heard_row(latest[key], spoken.get(key)) for key in sorted(latest)]
    if rows:
        in_transaction(lambda: _write_heard(rows))
    return len(rows)


def _keep_later(kept: dict[tuple[int, str], Heard], heard: Heard) -> None:
    key = heard.account_id, heard.openid
    if key not in kept or kept[key].at <= heard.at:
        kept[key] = heard


def _heard_row(heard: Heard, spoken: Heard | None) -> dict[str, object]:
    return {
        "account": heard.account_id,
        "openid": heard.openid,
        "kind": str(heard.kind),
        "at": _moment(heard),
        "spoke": int(spoken is not None),
        "spoke_at": _moment(spoken or heard),
        "left": str(FollowState.LEFT),
    }


def _moment(heard: Heard) -> datetime | None:
    return WechatIdentity.last_interaction_at.db_value(clock.from_timestamp(heard.at))


def _write_heard(rows: list[dict[str, object]]) -> None:
    mark = ":{}" if database.param == "?" else "%({})s"
    marks = {name: mark.format(name) for name in rows[0]}
    database.connection().cursor().executemany(_HEARD.format(**marks), rows)
