"""Writes terms of office: a member becomes the head of a place, or is it no longer."""

from backend import clock
from backend.errors import Conflict, InvalidInput, NotFound
from backend.heads import queries
from backend.members import actions as members
from backend.places import queries as places
from backend.storage.database import in_transaction
from models.heads import LaneHead

LEVELS = queries.LEVELS


def appoint(member_id: int, place_code: str) -> int:
    """She answers for this place from now on; answers the id of the term. A place may have several heads.

    Raises InvalidInput when the place is none that has heads, Conflict when she is its head already, NotFound when she
    is no member.
    """
    place = places.by_code(place_code)
    if place is None or place.level not in LEVELS:
        raise InvalidInput("place_without_head", "只有网格和楼栋巷有楼栋长、巷长，请检查编码。")

    def work() -> int:
        members.hold(member_id)
        mine = (LaneHead.member == member_id) & (LaneHead.place == place.id)
        if LaneHead.select().where(mine, LaneHead.until.is_null()).exists():
            raise Conflict("head_already", "这位成员已经是这里的楼栋长、巷长了。")
        term_id: int = LaneHead.insert(member=member_id, place=place.id, since=clock.now()).execute()
        return term_id

    return in_transaction(work)


def dismiss(member_id: int, place_code: str) -> None:
    """Her term ends now. Raises NotFound when she is not the head of this place."""
    place = places.by_code(place_code)
    mine = (LaneHead.member == member_id) & (LaneHead.place == (0 if place is None else place.id))
    ended = LaneHead.update(until=clock.now()).where(mine, LaneHead.until.is_null())
    if not in_transaction(ended.execute):
        raise NotFound("no_head", "这位成员不是这里的楼栋长、巷长。")


def end_all(member_id: int) -> None:
    """She has gone: nobody answers for her places under her name. Inside the caller's transaction."""
    hers = LaneHead.member == member_id
    LaneHead.update(until=clock.now()).where(hers, LaneHead.until.is_null()).execute()
    LaneHead.update(member=None).where(hers).execute()
