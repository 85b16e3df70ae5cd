"""The page of the data's faults, through the real pages: what is missing, and the click that mends it."""

import re

import pytest

from backend import clock
from backend.members import actions as members
from backend.members import numbers
from backend.members.rules import Application
from backend.quality import weeks
from backend.runtime import Runtime
from jobs import timetable
from models.followers import WechatIdentity
from models.merges import Double
from models.quality import QualityWeek
from models.staff import Role
from tests import people, staff
from tests.conftest import OFFICIAL
from tests.served import House
from tests.staff import Browser

PAGES = ("", "/pairs", "/members/number", "/members/place", "/wechats", "/lanes")


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def clerk(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.CLERK, ""), login="clerk")


def _member(runtime: Runtime, number: int = 1, code: str = "990101") -> int:
    told = Application("陈秀兰", people.home(code), people.application().agreed)
    return people.member(runtime, runtime.account(OFFICIAL.app_id), f"oPerson{number}", people.number(number), told)


def _look(runtime: Runtime) -> None:
    timetable.job("quality").run(runtime)


def test_each_community_has_a_line_of_its_weeks_and_small_numbers_are_not_said(
    runtime: Runtime, clerk: Browser
) -> None:
    for number in range(12):
        _member(runtime, number)
    _member(runtime, 20, "990102")
    week = clock.beijing(clock.ago(days=14)).date().isoformat()
    QualityWeek.create(code="990101", week=week, members=10)
    _look(runtime)
    page = clerk.get("/console/quality").text
    rows = dict(re.findall(r"<tr><td>(春晓社区|望江社区)</td>(.*?)</tr>", page, re.DOTALL))
    assert '<polyline points="2.0,22.0 98.0,2.0"/>' in rows["春晓社区"]
    assert 'aria-label="2 周：从 10 到 12"' in rows["春晓社区"]
    assert '<td class="number">12</td>' in rows["春晓社区"]
    assert "<svg" not in rows["望江社区"]
    assert re.findall(r'class="number">([^<]+)</td>', rows["望江社区"])[0] == "&lt;10"
    assert "style=" not in page


def test_before_the_first_night_the_page_says_so(clerk: Browser) -> None:
    assert "每天清晨数一次" in clerk.get("/console/quality").text


def test_every_finding_leads_to_its_list_and_nothing_there_is_in_clear(runtime: Runtime, clerk: Browser) -> None:
    one, *_ = (_member(runtime, number) for number in range(3))
    numbers.drop(one)
    members.move(_member(runtime, 7), None)
    WechatIdentity.update(refused=43004, refused_at=clock.now()).execute()
    _look(runtime)
    links = set(re.findall(r'href="(/console/quality[^"?]*)"', clerk.get("/console/quality").text))
    assert {f"/console/quality{path}" for path in PAGES} <= links | {"/console/quality"}
    for path in PAGES:
        page = clerk.get(f"/console/quality{path}")
        assert page.status_code == 200
        assert [each for each in ("秀兰", "9900000") if each in page.text] == []
    assert "没有这样的成员" not in clerk.get("/console/quality/members/place").text


def test_a_pair_is_looked_at_or_cleared_and_comes_back(runtime: Runtime, clerk: Browser) -> None:
    one, other = _member(runtime, 1), _member(runtime, 2)
    _look(runtime)
    page = clerk.get("/console/quality/pairs").text
    assert f'href="/console/members/{one}/merge?other={other}"' in page
    page = clerk.follow(f"/console/quality/pairs/{one}/{other}/clear").text
    assert "是两个人" in page
    assert Double.get().cleared_at is not None
    page = clerk.follow(f"/console/quality/pairs/{one}/{other}/back").text
    assert f"/console/members/{one}/merge" in page


def test_whoever_may_not_merge_is_not_offered_it(house: House, runtime: Runtime) -> None:
    leader = staff.at_work(house.app, runtime, (Role.LEADER, "9901"), login="leader")
    _member(runtime, 1), _member(runtime, 2)
    _look(runtime)
    page = leader.get("/console/quality/pairs").text
    assert "合并前看一看" not in page
    assert "/clear" in page


def test_those_who_lack_something_are_asked_with_one_click(runtime: Runtime, clerk: Browser) -> None:
    numbers.drop(_member(runtime))
    assert "不到 10 位" in clerk.follow("/console/quality/members/number/ask").text
    assert "这个月已经请过了" in clerk.follow("/console/quality/members/number/ask").text
    assert clerk.get("/console/quality/members/religion").status_code == 404
    assert clerk.post("/console/quality/members/religion/ask").status_code == 404


def test_a_dead_wechat_is_let_go_with_one_click(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    second = people.follower(runtime.account(OFFICIAL.app_id), "oSecond")
    people.attach(second, member_id)
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(WechatIdentity.id == second).execute()
    assert f"/console/quality/wechats/{second}/let-go" in clerk.get("/console/quality/wechats").text
    assert "已经去掉" in clerk.follow(f"/console/quality/wechats/{second}/let-go").text
    assert people.member_of(second) is None
    assert clerk.post(f"/console/quality/wechats/{second}/let-go").status_code == 404


def test_outside_the_scope_nothing_is_listed_or_mended(house: House, runtime: Runtime) -> None:
    one, other = _member(runtime, 1), _member(runtime, 2)
    numbers.drop(one)
    WechatIdentity.update(refused=43004, refused_at=clock.now()).execute()
    _look(runtime)
    elsewhere = staff.at_work(house.app, runtime, (Role.CLERK, "990102"), login="elsewhere")
    elsewhere.get("/console/quality")
    for path in ("/pairs", "/members/number", "/members/place", "/wechats"):
        assert "陈" not in elsewhere.get(f"/console/quality{path}").text
    identity = people.identities_of(one)[0]
    for path in (f"/pairs/{one}/{other}/clear", f"/wechats/{identity}/let-go"):
        assert elsewhere.post(f"/console/quality{path}").status_code == 404
    assert elsewhere.get("/console/quality/lanes?place=990101").status_code == 403
    assert "春晓" not in elsewhere.get("/console/quality").text
    assert [each.code for each in weeks.standing(staff.actor(runtime, login="elsewhere"))] == ["990102"]


@pytest.mark.parametrize(
    "query", ["?cursor=x", "?cursor=99999999999999999999", "?cursor=%00", "?place=%00", "?place=99"]
)
def test_a_forged_address_changes_nothing(runtime: Runtime, clerk: Browser, query: str) -> None:
    for path in PAGES:
        assert clerk.get(f"/console/quality{path}{query}").status_code in (200, 422)
