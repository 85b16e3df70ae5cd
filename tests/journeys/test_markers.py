"""What somebody tells of herself is read nowhere it does not belong: a mark in each of its fields is looked for."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import redis
import urllib3

from backend import runtime as runtimes
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.settings import Settings
from handlers import phrases
from models.base import database
from models.members import Member
from tests.conftest import OFFICIAL
from tests.processes import ROOT, next_line
from tests.rigged import ERRORS
from tests.served import environment, house_settings, prepare
from tests.servers import redis_url
from tests.simulated import Json, Phone, Platform, words
from tests.visitors import Said, Visitor

MARK = "彁槞"
"""Two characters nobody's name has: part of every word she says of herself."""

NAME, UNIT, CHILD = f"陈{MARK}", f"3 栋{MARK}", f"小{MARK}"
PASSWORD = f"mima-{MARK}-2026"
REDIS = redis_url(to_empty=True)

OPENLY = {("wechat_identity", "openid"), ("wechat_identity", "unionid")}
"""Columns that hold what they say as it is: by these the platform is asked and answered."""

Where = set[tuple[str, str]]


@pytest.fixture(params=["file", *(["redis"] if REDIS else [])])
def house_at(request: pytest.FixtureRequest, platform: Platform, tmp_path: Path) -> Settings:
    """With either key-value store."""
    settings = house_settings(tmp_path, platform)
    if request.param == "file":
        return prepare(settings)
    with redis.Redis.from_url(REDIS) as store:
        store.flushdb()  # it is there for tests to empty
    return prepare(replace(settings, redis_url=REDIS))


@dataclass
class Marked:
    """Everything that says who she is, and what was refused to her."""

    words: set[str] = field(default_factory=lambda: {MARK, MARK.encode("unicode_escape").decode()})
    refusals: list[Said] = field(default_factory=list)

    def note(self, *more: str) -> None:
        self.words |= set(more)

    def refused(self, said: Said, status: int) -> None:
        assert said.status == status, said.body.decode()
        self.refusals.append(said)

    def found_in(self, text: str) -> list[str]:
        return [word for word in self.words if word in text]


@contextmanager
def _process(settings: Settings, name: str, *arguments: str, says_ready: bool = False) -> Iterator[None]:
    """A process of the house, all it says kept in a file; it is killed by its id."""
    log = (settings.data_dir / f"{name}.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment(settings)},
        stdout=subprocess.PIPE if says_ready else log,
        stderr=log,
    )
    try:
        assert not says_ready or next_line(process) == "ready"
        yield
    finally:
        process.kill()
        process.communicate(timeout=10)
        log.close()


def _job(settings: Settings, name: str) -> None:
    with (settings.data_dir / f"{name}.log").open("ab") as log:
        command = [sys.executable, "manage.py", "job", name]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(settings), stdout=log, stderr=log, timeout=60, check=False
        )
    assert done.returncode == 0, (settings.data_dir / f"{name}.log").read_text()


def _files(settings: Settings, marked: Marked) -> Where:
    """Table and column of everything in the database, the key-value store and the queue that holds a mark."""
    return {where for path in settings.data_dir.glob("*.db") for where in _file(path, marked)}


def _file(path: Path, marked: Marked) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as opened:
        opened.row_factory = sqlite3.Row
        tables = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in opened.execute(f'SELECT * FROM "{table}"'):
                yield from ((table, name) for name in row.keys() if marked.found_in(_text(row[name])))  # noqa: SIM118


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _store(settings: Settings) -> str:
    """All that stands in Redis."""
    if not settings.redis_url:
        return ""
    with redis.Redis.from_url(settings.redis_url) as store:
        keys: list[bytes] = list(store.scan_iter(count=1000))
        streams = {key for key in keys if store.type(key) == b"stream"}
        values = [store.xrange(key) if key in streams else store.get(key) for key in keys]
    return _text(b"\n".join(keys)) + _text(repr(values))


def _register(visitor: Visitor, marked: Marked) -> None:
    """After everything that can be refused about it."""
    code, phone_code = visitor.login_code(), visitor.phone_code()
    marked.note(code, phone_code, visitor.openid(), str(visitor.platform.person("p1")["unionid"]))
    marked.note(str(visitor.platform.person("p1")["phone"]), "zqxdevice")
    assert visitor.sign_in(code).status == 200
    marked.note(visitor.token, visitor.refresh_token)
    form = visitor.form(NAME, unit=UNIT, phone={"code": phone_code})
    for wrong in ({"name": f"{NAME}3"}, {"name": NAME * 20}, {"unit": UNIT * 20}, {"topics": ["nothing"]}):
        marked.refused(visitor.call("POST", "/me", {**form, **wrong}), 422)
    visitor.ask("POST", "/me", form, status=201, key="press-1")
    marked.refused(visitor.call("POST", "/me", form), 409)
    visitor.ask("POST", "/me/wards", {"name": CHILD, "birth_year": 2018, "birth_month": 6}, status=201)
    visitor.ask("PUT", "/me/restriction")
    visitor.ask("DELETE", "/me/restriction")
    visitor.refresh()
    marked.note(visitor.token, visitor.refresh_token)


def _break(visitor: Visitor, settings: Settings, marked: Marked) -> None:
    """The database goes away in the midst of a request, and a view raises what it knows."""
    with closing(sqlite3.connect(settings.data_dir / "tongxin.db", isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        marked.refused(visitor.call("PUT", "/me/phone", {"code": visitor.phone_code()}), 503)
        marked.refused(visitor.call("POST", "/me/wards", {"name": CHILD, "birth_year": 2019, "birth_month": 6}), 503)
        busy.execute("ROLLBACK")
    for kind in ERRORS:
        marked.refused(visitor.call("PUT", "/me", {"unit": f"{UNIT}{kind}", "name": NAME}, key=f"press-{kind}"), 500)


def _look(settings: Settings) -> None:
    """A member of the staff does, and says why."""
    with closing(runtimes.start(settings)) as runtime:
        looks.record(
            runtime.cipher, Member.get().id, Viewer("联络员", "春晓社区", "staff-17"), ["手机号"], f"上门慰问{MARK}"
        )
        database.close()


def _neighbour(visitor: Visitor, marked: Marked) -> Json:
    """What another member is told of herself, who first tried the same number."""
    visitor.platform.ask("POST", "people/p2", {"phone": visitor.platform.person("p1")["phone"]})
    other = replace(visitor, pid="p2", token="", device="")
    other.sign_in()
    marked.refused(other.call("POST", "/me", other.form("王芳")), 409)
    other.platform.ask("POST", "people/p2", {"phone": "19900000099"})
    other.register("王芳")
    return other.ask("GET", "/me/data")


def test_a_mark_in_each_field_is_found_where_it_belongs_and_nowhere_else(
    house_at: Settings, port: int, phone: Phone, visitor: Visitor
) -> None:
    marked = Marked()
    marked.note(phone.openid, PASSWORD)
    visitor.device = "Mozilla/5.0 (Linux; Android 15; zqxdevice) MicroMessenger"
    with ExitStack() as stack:
        stack.enter_context(_process(house_at, "web", "-m", "tests.rigged", str(port), "telling", says_ready=True))
        stack.enter_context(_process(house_at, "worker", "manage.py", "worker"))
        phone.follow("place.990101")
        phone.text(f"我叫{NAME}")
        _register(visitor, marked)
        _job(house_at, "unionids")
        _break(visitor, house_at, marked)
        _look(house_at)
        assert "陈**" in words(phone.text("我的资料"))
        phone.text("消息")
        assert MARK in str(visitor.ask("GET", "/me/data"))
        assert visitor.call("POST", "/me/data/file", {"password": PASSWORD}).status == 200
        _job(house_at, "interactions")
        assert marked.found_in(str(_neighbour(visitor, marked))) == []
        assert _files(house_at, marked) == OPENLY
        assert marked.found_in(_store(house_at)) == []

        phone.text("注销")
        assert words(phone.text("确认注销")).startswith(phrases.LEFT.partition("，")[0])
        _job(house_at, "interactions")
        assert _files(house_at, marked) == {("wechat_identity", "openid")}, "the follow, and a tombstone for a day"
        assert marked.found_in(_store(house_at)) == []
        measures = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics").data.decode()
        assert "tongxin_answers_total" in measures
        assert marked.found_in(measures) == []
    assert len(marked.refusals) == 12
    assert [said for said in marked.refusals if marked.found_in(said.body.decode())] == []
    for log in house_at.data_dir.glob("*.log"):
        if log.name != "simulator.log":
            assert marked.found_in(log.read_text()) == [], log.name
    assert "request.failed" in (house_at.data_dir / "web.log").read_text()
    assert OFFICIAL.app_secret not in (house_at.data_dir / "web.log").read_text()
