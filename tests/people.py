"""People who are signed in or registered, without a platform: for tests of what comes after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask.testing import FlaskClient

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


@dataclass(frozen=True)
class Caller:
    """The API as somebody who is signed in."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, status: int = 200, **sent: object) -> dict[str, object]:
        """The answer's JSON; fails the test when the status is another."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **sent)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        found: dict[str, object] = answer.get_json(force=True)
        return found


def signed_in(identity_id: int) -> str:
    """A token of hers."""
    return sessions.begin(identity_id, "安卓手机").token
