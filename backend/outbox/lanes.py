"""Lanes: some hundred people with neighbouring ids, claimed together. Pure.

Members and followers have lanes of their own: a member's number is not negative, a follower's is.
"""

WIDTH = 500


def of_member(member_id: int) -> int:
    return member_id // WIDTH


def of_follower(follower_id: int) -> int:
    return -(follower_id // WIDTH) - 1


def holds_members(lane: int) -> bool:
    return lane >= 0


def ids_of(lane: int) -> tuple[int, int]:
    """The first and the last id of the people in it."""
    first = (lane if holds_members(lane) else -lane - 1) * WIDTH
    return first, first + WIDTH - 1
