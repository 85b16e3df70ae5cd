"""How following changes, how long she is left alone, and what the QR sign of a place says. Pure."""

from datetime import UTC, date, datetime, timedelta

from backend import clock
from models.followers import FollowState

MOVES: dict[FollowState, tuple[FollowState, ...]] = {
    FollowState.FOLLOWING: (
        FollowState.STRANGER,
        FollowState.LEFT,
    ),  # she follows, for the first time or again
    FollowState.LEFT: (FollowState.STRANGER, FollowState.FOLLOWING),  # she unfollows
}
"""New state → the states it may follow on. The platform's CreateTime decides which of two events is later."""

TOMBSTONE_HOURS = 24
"""How long the bare openid of somebody who left is kept: as long as a late repetition of an older event could come."""

STRANGER_DAYS = 180
"""How long somebody is remembered who came once, and neither followed nor registered."""

MUTE_DAYS = 30

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""Until then somebody is left alone who wants no notices at all."""

_SCENE_PLACE = "place."


def scene_of_place(code: str) -> str:
    """What the QR sign of a place says: letters and digits, at most 64 characters."""
    return f"{_SCENE_PLACE}{code}"


def place_of_scene(scene: str) -> str:
    """The place code a scanned sign stands for, or ""."""
    return scene.removeprefix(_SCENE_PLACE) if scene.startswith(_SCENE_PLACE) else ""


def end_of_mute(now: datetime, days: int) -> datetime:
    """The end of the Beijing day that is so many days from now: she is told a date, and that whole day counts."""
    last = clock.beijing(now).date() + timedelta(days=days)
    return clock.end_of_day(last)


def last_muted_day(until: datetime) -> date:
    """The date that was told her."""
    return clock.day_of(until)
