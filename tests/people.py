"""People who are signed in or registered, without a platform: for tests of what comes after."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from peewee import Expression

from backend import clock
from backend.accounts import actions as accounts
from backend.accounts.queries import Account, Accounts
from backend.consents import actions as consents
from backend.consents import queries as consented
from backend.consents.rules import Agreement
from backend.errors import NotFound
from backend.followers import actions as followers
from backend.members import erasing
from backend.members.rules import Application, Proof
from backend.outbox import leaving, tallies
from backend.outbox.rules import WAITING
from backend.outbox.tallies import End
from backend.places import queries as places
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.sessions import actions as sessions
from models.base import Table
from models.consents import Purpose, Through
from models.deliveries import Channel, Delivery, DeliveryState
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState, PhoneProof
from models.places import Place, PlaceLevel
from models.registry import TABLES
from tests.served import MINIPROGRAM

NUMBER = "+8619900000001"


def number(of: int) -> str:
    """Made up, and one of its own for each."""
    return f"+86199{of:08d}"


def home(code: str = "990101") -> int:
    """The community with this code, made when it is missing."""
    known = places.by_code(code)
    if known is not None:
        return known.id
    row = {"code": code, "name": "春晓社区", "level": PlaceLevel.COMMUNITY, "changed_at": clock.now()}
    place_id: int = Place.insert(row).execute()
    return place_id


def identity(account: Account, openid: str = "oPerson") -> int:
    return followers.meet(account.id, openid).id


def swept(limit: int = 500) -> int:
    """As when those who have gone went a while ago."""
    Member.update(joined_at=clock.now() - 2 * erasing.REST).where(Member.state == MemberState.ERASED).execute()
    return erasing.sweep(limit)


def member_of(identity_id: int) -> int | None:
    return WechatIdentity.get_by_id(identity_id).member_id


def follower(account: Account, openid: str = "oPerson") -> int:
    """Somebody who follows the account; the id of her identity."""
    followers.follow(account.id, openid, clock.now())
    return identity(account, openid)


def second_account(runtime: Runtime) -> Account:
    """The mini-program beside the official account."""
    accounts.put(MINIPROGRAM, runtime.cipher)
    found = Accounts(runtime.cipher).by_app_id(MINIPROGRAM.app_id)  # the process itself looks again after a while
    assert found is not None
    return found


def proof(number: str = NUMBER, vouched: bool = False) -> Proof:
    return Proof(number, PhoneProof.FACE_TO_FACE if vouched else PhoneProof.WECHAT, vouched)


def proved(member_id: int, days: float) -> None:
    """She proved her number so many days ago."""
    Member.update(phone_proved_at=clock.now() - timedelta(days=days)).where(Member.id == member_id).execute()


def identities_of(member_id: int) -> list[int]:
    rows = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.member == member_id)
    return [row.id for row in rows.order_by(WechatIdentity.id)]


def settle(source_id: int, member_id: int, state: str, channel: str = "template", reason: str = "") -> None:
    """As a worker would have: the row and, when it has ended, the count."""
    _settle(source_id, Delivery.member == member_id, state, channel, reason)


def settle_follower(source_id: int, follower_id: int, state: str) -> None:
    _settle(source_id, Delivery.follower == follower_id, state, "template", "")


def _settle(source_id: int, who: Expression, state: str, channel: str, reason: str) -> None:
    hers = (Delivery.source == source_id) & who
    now = clock.now()
    change = {"state": DeliveryState(state), "channel": Channel(channel), "reason": reason, "intended_at": now}
    Delivery.update({**change, "settled_at": now}).where(hers).execute()
    if DeliveryState(state) not in WAITING:
        tallies.count(Counter({End(source_id, DeliveryState(state), Channel(channel), reason): 1}))


def agreement(purpose: Purpose) -> Agreement:
    """To the text of today."""
    (one,) = agreed(purpose)
    return one


def erased_already(member_id: int) -> int:
    """Erase her, unless she is gone; her id."""
    with suppress(NotFound):
        rights.erase(member_id)
    return member_id


def end_waiting(member_id: int) -> int:
    """As a worker would end what has nobody to go to."""
    return leaving.give_up_member(member_id)


def publish(purpose: Purpose, asks_again: bool = True) -> int:
    """A new version of a text; its number."""
    return consents.publish(purpose, "新的说明", "改过的说明。", asks_again)


def follow_state(identity_id: int) -> FollowState:
    state: FollowState = WechatIdentity.get_by_id(identity_id).follow_state
    return state


def row_counts() -> dict[type[Table], int]:
    """How many rows each table has: before and after, for what must not be written by halves."""
    return {table: table.select().count() for table in TABLES}


def agreed(*purposes: Purpose) -> tuple[Agreement, ...]:
    """To the texts of today."""
    consents.publish_first()
    today = consented.current()
    return tuple(Agreement(purpose, today[purpose].version) for purpose in purposes)


def application(
    name: str = "陈秀兰",
    *,
    unit: str = "",
    skills: Mapping[str, datetime] | None = None,
    topics: frozenset[str] = frozenset(),
    purposes: tuple[Purpose, ...] = tuple(Purpose),
) -> Application:
    return Application(name, home(), agreed(*purposes), unit, skills or {}, topics)


def member(
    runtime: Runtime,
    account: Account,
    openid: str = "oPerson",
    phone: str = NUMBER,
    told: Application | None = None,
) -> int:
    """Somebody who registered and agreed to everything; her id."""
    who = identity(account, openid)
    return runtime.members.register(who, told or application(), proof(phone), Through.MINIPROGRAM).member_id


def signed_in(identity_id: int) -> str:
    """A token of hers."""
    return sessions.begin(identity_id, "安卓手机").token


def attach(identity_id: int, member_id: int) -> None:
    """She is known by this identity too."""
    followers.join(identity_id, member_id)
