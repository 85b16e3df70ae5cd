"""How following changes, and what counts as an interaction. Pure."""

from models.members import FollowState, Interaction

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

WINDOWS: dict[Interaction, tuple[int, int]] = {
    Interaction.MESSAGE: (5, 48 * 3600),
    Interaction.MENU: (3, 60),
    Interaction.FOLLOW: (3, 60),
    Interaction.SCAN: (3, 60),
    Interaction.ENTER: (2, 60),
}
"""Customer-service messages allowed after an interaction, and for how many seconds.
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html"""

_SCENE_PLACE = "place."


def scene_of_place(code: str) -> str:
    """What the QR sign of a place says: letters and digits, at most 64 characters."""
    return f"{_SCENE_PLACE}{code}"


def place_of_scene(scene: str) -> str:
    """The place code a scanned sign stands for, or ""."""
    return scene.removeprefix(_SCENE_PLACE) if scene.startswith(_SCENE_PLACE) else ""
