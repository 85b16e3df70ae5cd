"""People who are signed in or registered, without a platform: for tests of what comes after."""

from collections.abc import Mapping
from datetime import datetime

from backend import clock
from backend.accounts.queries import Account
from backend.consents import actions as consents
from backend.consents import queries as consented
from backend.consents.rules import Agreement
from backend.followers import actions as followers
from backend.members.rules import Application, Proof
from backend.places import queries as places
from backend.runtime import Runtime
from backend.sessions import actions as sessions
from models.consents import Purpose, Through
from models.members import PhoneProof
from models.places import Place, PlaceLevel

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


def proof(phone: str = NUMBER) -> Proof:
    return Proof(phone, PhoneProof.WECHAT)


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
