"""A street of 250,000 members, for whatever is measured on one: names as people have them, homes at every level, and
what belongs to a membership. The same each time."""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import Model

from backend import clock
from backend import runtime as runtimes
from backend.consents import actions as consents
from backend.members import names, search
from backend.members.queries import NAME, PHONE
from backend.runtime import Runtime
from backend.sessions import queries as sessions
from backend.settings import Settings
from backend.storage.dialects import run
from backend.storage.statements import insert_all
from models import base
from models.consents import Consent, Purpose
from models.followers import WechatIdentity
from models.members import Member, NameToken, PhoneProof
from models.places import Place, PlaceLevel
from models.sessions import Session
from tests.served import MINIPROGRAM

MEMBERS = 250_000
SIGNED_IN = 5_000
_AT_ONCE = 2_000
_TOKEN = "bench{:038d}"
_TABLES = ("member", "name_token", "wechat_identity", "session", "consent")

SURNAMES = dict(zip("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹", itertools.count(70, -2)))
"""The common ones, each with its weight; rarer ones are left out, so that a search finds more than in life."""

GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建华文辉玲红梅鑫波"
    "斌宇浩凯健俊帆雪荣爱玉春晓东海龙飞鹏云珍琴凤洁莉萍丹倩颖琳"
)


@dataclass(frozen=True)
class Resident:
    """As the member with this number is made: what a search is measured with."""

    id: int
    name: str
    phone: str


def residents(count: int = MEMBERS) -> Iterator[Resident]:
    """The same names each time."""
    chance = random.Random(47)
    surnames, weights = list(SURNAMES), list(SURNAMES.values())
    given = [1 / (rank + 10) for rank in range(len(GIVEN))]
    for number in range(count):
        [surname] = chance.choices(surnames, weights)
        rest = "".join(chance.choices(GIVEN, given, k=chance.choice((1, 2, 2, 2))))
        yield Resident(number + 1, surname + rest, f"+86137{number:08d}")


def token(number: int) -> str:
    """Of the member who is signed in with it; there are as many as SIGNED_IN."""
    return _TOKEN.format(number % SIGNED_IN)


def fill(settings: Settings) -> None:
    """Members who told what people tell, and some thousands of them signed in."""
    runtime = runtimes.start(settings)
    runtime.lookups.load()  # inside a transaction it would read its key for each digest
    consents.publish_first()
    account_id = runtime.account(MINIPROGRAM.app_id).id
    everybody, homes, tokens = residents(), _homes(), _Tokens(runtime)
    while some := list(itertools.islice(everybody, _AT_ONCE)):
        with runtime.database.atomic():
            insert_all(Member, [_member(runtime, each, homes) for each in some])
            found = [(each.id, token) for each in some for token in tokens[each.name]]
            copy(NameToken, ("member_id", "token"), found)
            _belongings(account_id, [each.id for each in some])
    for table in _TABLES:
        # Rows were written with their numbers: the next must not take one of them.
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    run("VACUUM ANALYZE")  # as it does by itself before long
    runtime.close()


def _homes() -> list[int | None]:
    """Four of ten say their community, five their lane, and one of twenty nothing."""
    by_level = {
        level: [row.id for row in Place.select(Place.id).where(Place.level == level).order_by(Place.code)]
        for level in (PlaceLevel.COMMUNITY, PlaceLevel.LANE)
    }
    chance = random.Random(48)
    shares = ((PlaceLevel.COMMUNITY, 8), (PlaceLevel.LANE, 11), (None, 1))
    levels = chance.choices([share[0] for share in shares], [share[1] for share in shares], k=MEMBERS)
    return [chance.choice(by_level[level]) if level else None for level in levels]


class _Tokens(dict[str, list[int]]):
    """By name: many people share one."""

    def __init__(self, runtime: Runtime) -> None:
        self._lookups = runtime.lookups

    def __missing__(self, name: str) -> list[int]:
        found = self[name] = [search.token(self._lookups, piece) for piece in names.pieces(name)]
        return found


def copy(table: type[Model], columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Into PostgreSQL, whose own way of taking many rows is many times as fast. Values as the database has them.
    Whoever makes the rows meanwhile must not ask the database."""
    head = f"COPY {table._meta.table_name} ({', '.join(columns)}) FROM STDIN"
    with base.database.connection().cursor() as cursor, cursor.copy(head) as target:
        for row in rows:
            target.write_row(row)


def _member(runtime: Runtime, resident: Resident, homes: list[int | None]) -> dict[str, Any]:
    return {
        "id": resident.id,
        "name": runtime.cipher.encrypt(resident.name, NAME),
        "phone": runtime.cipher.encrypt(resident.phone, PHONE),
        "phone_digest": runtime.lookups.digest("phone", resident.phone),
        "phone_proof": PhoneProof.WECHAT,
        "phone_proved_at": clock.now(),
        "place": homes[resident.id - 1],
        "joined_at": clock.now(),
        "seen_at": clock.now(),
    }


def _belongings(account_id: int, ids: list[int]) -> None:
    now = clock.now()
    common = {"account": account_id, "created_at": now}
    insert_all(WechatIdentity, [{**common, "id": each, "openid": f"oBench{each}", "member": each} for each in ids])
    agreed = [
        {"member": each, "purpose": purpose, "version": 1, "given_at": now}
        for each in ids
        for purpose in (Purpose.MEMBERSHIP, Purpose.NOTICES)
    ]
    insert_all(Consent, agreed)
    insert_all(Session, [_session(each) for each in ids if each <= SIGNED_IN])


def _session(identity: int) -> dict[str, Any]:
    now = clock.now()
    return {
        "identity": identity,
        "token_digest": sessions.digest(token(identity - 1)),
        "refresh_digest": f"{identity:064d}",
        "device": "安卓手机",
        "created_at": now,
        "seen_at": now,
        "expires_at": now + timedelta(hours=2),
        "ends_at": now + timedelta(days=30),
    }
