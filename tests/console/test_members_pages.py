"""Members in the console, through the real pages: found, looked at, called, confirmed, appointed, merged and parted."""

import re

import pytest

from backend.members import actions as members
from backend.members.rules import Application
from backend.reception import lists
from backend.runtime import Runtime
from models.consents import Purpose, Through
from models.members import Member, MemberState, PhoneConfirmation
from models.merges import MemberMerge
from models.rights import Look
from models.staff import Role
from tests import people, staff
from tests.callers import Caller
from tests.conftest import OFFICIAL
from tests.served import House
from tests.staff import Browser

REASON = "上门修水管，先联系"
CLEAR = ("秀兰", "19900000001", "9900000001", "99000000")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def clerk(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.CLERK, "9901"), login="clerk")


def _member(runtime: Runtime, number: int = 1, name: str = "陈秀兰", code: str = "990101") -> int:
    account = runtime.account(OFFICIAL.app_id)
    told = people.application(name)
    told = Application(name, people.home(code), told.agreed)
    return people.member(runtime, account, f"oPerson{number}", people.number(number), told)


def _rows(page: str) -> list[str]:
    return re.findall(r'<tr data-href="([^"]+)"', page)


# Finding


def test_the_list_is_masked_and_each_row_leads_to_its_member(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    page = clerk.get("/console/members").text
    assert _rows(page) == [f"/console/members/{member_id}"]
    assert "陈**" in page
    assert "199******01" in page
    assert [each for each in CLEAR if each in page] == []


@pytest.mark.parametrize("typed", ["陈秀", "chenxiulan", "cxl", "陳秀蘭", "199 0000 0001"])
def test_the_search_finds_by_name_sound_and_number(runtime: Runtime, clerk: Browser, typed: str) -> None:
    member_id = _member(runtime)
    _member(runtime, 2, "王小明")
    assert _rows(clerk.get("/console/members", query_string={"q": typed}).text) == [f"/console/members/{member_id}"]


def test_pages_and_places_go_on_in_the_address(
    runtime: Runtime, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LIMIT", 2)
    ids = [_member(runtime, number) for number in range(3)]
    _member(runtime, 9, code="990102")
    path, found = "/console/members?place=990101&q=chen", []
    while path:
        page = clerk.get(path).text
        found += _rows(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = f"/console/members{following[1].replace('&amp;', '&')}" if following else ""
    assert found == [f"/console/members/{each}" for each in ids[::-1]]


@pytest.mark.parametrize(
    "query",
    ["?cursor=abc", "?cursor=-1", "?cursor=99999999999999999999", "?place=99", "?place=%00", "?q=%00", "?place=%27"],
)
def test_a_forged_address_is_refused_with_a_sentence(runtime: Runtime, clerk: Browser, query: str) -> None:
    _member(runtime)
    answer = clerk.get(f"/console/members{query}")
    assert answer.status_code in (403, 404, 422)
    assert re.search("[\u4e00-\u9fff]{4}", answer.text)


def test_small_counts_are_not_said(runtime: Runtime, clerk: Browser) -> None:
    for number in range(12):
        _member(runtime, number, code="990101" if number else "990102")
    page = clerk.get("/console/members/counts").text
    cells = {path: re.findall(r'class="number">([^<]+)</td>', row) for path, row in _cells(page)}
    assert cells["?place=990101"] == ["11", "11", "&lt;10"]
    assert cells["?place=990102"] == ["&lt;10"] * 3


def _cells(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<tr data-href="/console/members([^"]+)">(.*?)</tr>', page, re.DOTALL)


def test_who_goes_through_a_list_of_numbers_is_stopped_and_others_are_not(
    house: House, runtime: Runtime, clerk: Browser
) -> None:
    member_id = _member(runtime)
    paths = ("/console/members", "/console/search") * 31
    tried = [clerk.get(path, query_string={"q": f"1990000{n:04d}"}).status_code for n, path in enumerate(paths)]
    assert tried == [200] * 60 + [429] * 2
    for typed in ("陈秀", f"{member_id}", "990101001001", ""):
        assert clerk.get("/console/members", query_string={"q": typed}).status_code == 200, "no telephone number"
    other = staff.at_work(house.app, runtime, (Role.LIAISON, "9901"), login="other")
    assert other.get("/console/search", query_string={"q": "19900000001"}).status_code == 200


# One member


def test_her_page_tells_what_staff_need_and_nothing_in_clear(runtime: Runtime, clerk: Browser) -> None:
    page = clerk.get(f"/console/members/{_member(runtime)}").text
    for said in ("陈**", "199******01", "春晓社区", "成为社区成员", "可以打电话给我", "查看联系方式", "登记的孩子"):
        assert said in page
    assert [each for each in CLEAR if each in page] == []


def test_whoever_may_not_sees_no_button_for_it(house: House, runtime: Runtime) -> None:
    leader = staff.at_work(house.app, runtime, (Role.LEADER, "9901"), login="leader")
    page = leader.get(f"/console/members/{_member(runtime)}").text
    for said in ("查看联系方式", "登记的孩子", "合并重复登记", "当面确认"):
        assert said not in page
    assert "任命" in page


@pytest.mark.parametrize("path", ["", "/merge", "/merge?other=77"])
def test_outside_the_scope_she_is_not_there(house: House, runtime: Runtime, path: str) -> None:
    member_id = _member(runtime, code="990101")
    elsewhere = staff.at_work(house.app, runtime, (Role.CLERK, "990102"), login="elsewhere")
    answer = elsewhere.get(f"/console/members/{member_id}{path}")
    assert answer.status_code == 404
    assert "陈" not in answer.text
    for act in ("contact", "merge", "heads", "heads/9901010101", f"merge/{member_id + 1}/undo"):
        refused = elsewhere.post(
            f"/console/members/{member_id}/{act}", {"reason": REASON, "other": member_id, "place": "x"}
        )
        assert refused.status_code in (403, 404, 422), act
    assert not Look.select().exists()


# Contact data


def test_the_number_is_shown_once_and_she_reads_who_looked_at_once(
    house: House, runtime: Runtime, clerk: Browser
) -> None:
    member_id = _member(runtime)
    clerk.get(f"/console/members/{member_id}")
    answer = clerk.post(f"/console/members/{member_id}/contact", {"reason": REASON}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert ("陈秀兰" in answer.text, "19900000001" in answer.text) == (True, True)
    assert answer.headers["Cache-Control"] == "no-store"
    token = people.signed_in(people.identity(runtime.account(OFFICIAL.app_id), "oPerson1"))
    [look] = Caller(house.app.test_client(), token).ask("GET", "/me/looks")["items"]
    assert (look["role"], look["unit"], look["reason"]) == ("经办", "慢城街道办事处", REASON)
    assert [each for each in CLEAR if each in clerk.get(f"/console/members/{member_id}").text] == []


def test_without_scripts_it_is_shown_on_the_page_itself(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    clerk.get(f"/console/members/{member_id}")
    answer = clerk.post(f"/console/members/{member_id}/contact", {"reason": REASON})
    assert (answer.status_code, "陈秀兰" in answer.text, "<html" in answer.text) == (200, True, True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert clerk.get(f"/console/members/{member_id}/contact").status_code == 404


@pytest.mark.parametrize("reason", ["", "办事", "。。。。。", "x" * 2001])
def test_without_a_reason_nothing_is_shown(runtime: Runtime, clerk: Browser, reason: str) -> None:
    member_id = _member(runtime)
    clerk.get(f"/console/members/{member_id}")
    answer = clerk.post(f"/console/members/{member_id}/contact", {"reason": reason}, headers=HTMX)
    assert (answer.status_code, "message-bad" in answer.text) == (422, True)
    assert not Look.select().exists()


def test_who_does_not_agree_has_no_button_and_is_not_shown(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    runtime.members.withdraw(member_id, Purpose.CONTACT, Through.CHAT)
    page = clerk.get(f"/console/members/{member_id}").text
    assert "没有同意「可以打电话给我」" in page
    assert 'name="reason"' not in page
    answer = clerk.post(f"/console/members/{member_id}/contact", {"reason": REASON}, headers=HTMX)
    assert (answer.status_code, "发消息" in answer.text) == (403, True)


def test_thirty_looks_an_hour_are_enough(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    clerk.get(f"/console/members/{member_id}")
    found = [clerk.post(f"/console/members/{member_id}/contact", {"reason": REASON}, headers=HTMX) for _ in range(31)]
    assert [answer.status_code for answer in found] == [200] * 30 + [429]
    assert "操作太频繁了" in found[-1].text
    assert Look.select().count() == 30


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "\u202e上门修水管"]
)
def test_hostile_words_are_only_words(house: House, runtime: Runtime, clerk: Browser, hostile: str) -> None:
    member_id = _member(runtime)
    clerk.get(f"/console/members/{member_id}")
    shown = [
        clerk.get("/console/members", query_string={"q": hostile}),
        clerk.get("/console/members", query_string={"place": hostile}),
        clerk.post(f"/console/members/{member_id}/contact", {"reason": f"上门办事 {hostile}"}),
        clerk.post("/console/members/code", {"number": hostile, "seen": "yes"}),
        clerk.get(f"/console/members/{member_id}/merge", query_string={"other": hostile[:12]}),
        clerk.post(f"/console/members/{member_id}/heads", {"place": hostile}),
    ]
    for answer in shown:
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert ">49<" not in answer.text
    token = people.signed_in(people.identity(runtime.account(OFFICIAL.app_id), "oPerson1"))
    [look] = Caller(house.app.test_client(), token).ask("GET", "/me/looks")["items"]
    assert "\u202e" not in look["reason"]


# Codes


def test_the_code_is_shown_in_the_answer_and_nowhere_else(runtime: Runtime, clerk: Browser) -> None:
    clerk.get("/console/members/code")
    answer = clerk.post("/console/members/code", {"number": "199 0000 0001", "seen": "yes"})
    [code] = re.findall(r'data-testid="code">(\d{4} \d{4})<', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "199" not in answer.text.replace(code, "")
    assert runtime.confirmations.use("19900000001", code.replace(" ", "")).number == people.NUMBER
    assert code not in clerk.get("/console/members/code").text


def test_a_code_needs_to_have_been_seen(clerk: Browser) -> None:
    clerk.get("/console/members/code")
    answer = clerk.post("/console/members/code", {"number": "19900000001"})
    assert (answer.status_code, "当面看到本人" in answer.text) == (422, True)
    assert 'value="19900000001"' in answer.text, "what was typed stays"
    assert clerk.post("/console/members/code", {"number": "110", "seen": "yes"}).status_code == 422
    assert PhoneConfirmation.select().count() == 0


# Heads


def test_a_head_is_appointed_and_dismissed_and_either_is_undone(runtime: Runtime, clerk: Browser) -> None:
    path = f"/console/members/{_member(runtime)}"
    assert "春晓苑1栋" in clerk.get(path).text, "the lanes of her community are offered"
    page = clerk.follow(f"{path}/heads", {"place": "9901010105"}).text
    assert "已经任命" in page
    undo = re.findall(r'action="([^"]+/end)"', page)[0]
    page = clerk.follow(undo).text
    assert "已经卸任" in page
    assert clerk.follow(f"{path}/heads/9901010105").text.count("现在") >= 1
    assert clerk.post(f"{path}/heads", {"place": "990101"}).status_code == 422
    assert clerk.post(f"{path}/heads", {"place": "99"}).status_code == 403


# Merging


def test_two_registrations_are_looked_at_merged_and_parted(runtime: Runtime, clerk: Browser) -> None:
    keep, gone = _member(runtime, 1), _member(runtime, 2)
    assert "另一份资料的成员编号" in clerk.get(f"/console/members/{gone}/merge").text
    preview = clerk.get(f"/console/members/{gone}/merge?other={keep}").text
    assert "会丢掉一份" in preview
    assert [each for each in CLEAR if each in preview] == []
    assert MemberMerge.select().count() == 0
    page = clerk.follow(f"/console/members/{gone}/merge", {"other": str(keep)}).text
    assert "已经合并成一份" in page
    assert "撤销合并" in page
    assert Member.get_by_id(gone).state is MemberState.ERASED
    page = clerk.follow(f"/console/members/{keep}/merge/{gone}/undo").text
    assert "已经恢复成两份" in page
    assert "撤销合并" not in page
    assert clerk.get(f"/console/members/{gone}").status_code == 200
    assert clerk.post(f"/console/members/{keep}/merge/{gone}/undo").status_code == 404


@pytest.mark.parametrize("other", ["abc", "0", "99999999", "4294967297", "-1", "１２"])
def test_what_is_no_member_cannot_be_merged(runtime: Runtime, clerk: Browser, other: str) -> None:
    member_id = _member(runtime)
    answer = clerk.get(f"/console/members/{member_id}/merge", query_string={"other": other})
    assert answer.status_code in (404, 422)
    assert clerk.post(f"/console/members/{member_id}/merge", {"other": other}).status_code in (404, 422)
    assert clerk.get(f"/console/members/{member_id}/merge?other={member_id}").status_code == 422


def test_who_restricted_us_has_no_page(runtime: Runtime, clerk: Browser) -> None:
    member_id = _member(runtime)
    members.restrict(member_id)
    assert clerk.get(f"/console/members/{member_id}").status_code == 404
    assert _rows(clerk.get("/console/members").text) == []
