"""People of an account, and what was put down for them."""

from peewee import chunked

from backend import clock
from backend.accounts.queries import Account
from backend.outbox import lanes
from backend.outbox.messages import Source
from models.base import database
from models.deliveries import Delivery, DeliverySource
from models.followers import FollowState, WechatIdentity
from models.members import Member
from models.workers import DeliveryBlock, DeliveryLane

ALL_FOLLOWERS = WechatIdentity.select(WechatIdentity.id)
ALL_MEMBERS = Member.select(Member.id)


class Bell:
    """Counts how often a worker was called, and what the database held for everybody then."""

    def __init__(self) -> None:
        self.rung, self.inside = 0, False

    def __call__(self) -> None:
        self.rung += 1
        self.inside |= database.in_transaction()


def people(account: Account, number: int, first: int = 0) -> list[int]:
    """So many who follow the account; answers the ids of their identities."""
    openids = [f"o{each:06}" for each in range(first, first + number)]
    rows = [
        {"account": account.id, "openid": openid, "follow_state": FollowState.FOLLOWING, "created_at": clock.now()}
        for openid in openids
    ]
    with database.atomic():
        for some in chunked(rows, 150):
            WechatIdentity.insert_many(some).execute()
    known = {row.openid: row.id for row in WechatIdentity.select(WechatIdentity.id, WechatIdentity.openid)}
    return [known[openid] for openid in openids]


def member(*identities: int) -> int:
    """One person with these identities."""
    member_id: int = Member.create(joined_at=clock.now()).id
    WechatIdentity.update(member=member_id).where(WechatIdentity.id.in_(identities)).execute()
    return member_id


def told(source_id: int) -> set[tuple[int | None, int | None]]:
    """(member, follower) of everybody put for the source."""
    rows = Delivery.select(Delivery.member, Delivery.follower).where(Delivery.source == source_id)
    return {(row.__data__["member"], row.__data__["follower"]) for row in rows}  # without fetching them


def blocks(source_id: int) -> dict[int, int]:
    """Lane → how many wait in it."""
    rows = DeliveryBlock.select(DeliveryBlock.lane, DeliveryBlock.waiting).where(DeliveryBlock.source == source_id)
    return {row.lane: row.waiting for row in rows}


def audience(source_id: int) -> int:
    return int(DeliverySource.get_by_id(source_id).audience)


def check_blocks(source_id: int) -> None:
    """They are the lanes of all who wait, and each lane is there to be held."""
    expected: dict[int, int] = {}
    for member_id, follower_id in told(source_id):
        lane = lanes.of_member(member_id) if member_id is not None else lanes.of_follower(follower_id or 0)
        expected[lane] = expected.get(lane, 0) + 1
    assert blocks(source_id) == expected
    assert set(expected) <= {row.number for row in DeliveryLane.select()}


def again(first: Source, **more: object) -> Source:
    """The same decision once more."""
    fields = {name: getattr(first, name) for name in Source.__slots__}
    return Source(**{**fields, **more})
