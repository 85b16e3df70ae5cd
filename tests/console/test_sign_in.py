"""Into the console and out again: links, passwords, codes, and everything that must not get in."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.runtime import Runtime
from backend.staff import actions, rules, sessions
from backend.staff.actions import NewStaff
from backend.web import limits
from models.audit import AuditEntry, Outcome
from models.staff import Role, Staff, StaffSession
from tests import staff
from tests.served import House


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


def _secret(page: str) -> str:
    """Of the authenticator, as the page shows it to whoever cannot scan."""
    return re.findall(r'data-testid="secret">([A-Z2-7]+)<', page)[0]  # type: ignore[no-any-return]


def _acts() -> list[tuple[str, Outcome]]:
    return [(row.action, row.outcome) for row in AuditEntry.select().order_by(AuditEntry.number)]


def test_a_link_sets_up_an_account_that_then_signs_in(house: House, runtime: Runtime) -> None:
    link = actions.add(runtime.audit, None, NewStaff("zhang.min", "张敏", "慢城街道", Role.ADMINISTRATOR))
    browser = staff.visitor(house.app)
    page = browser.get(f"/console/setup/{link.token}")
    assert "张敏，您好" in page.text
    secret = _secret(page.text)
    told = {"password": staff.PASSWORD, "again": staff.PASSWORD}
    done = browser.post(f"/console/setup/{link.token}", {**told, "code": staff.code_of(secret)})
    assert len(re.findall(r"<li><code>[0-9a-z]{5}-[0-9a-z]{5}</code></li>", done.text)) == 8
    staff.next_code(Staff.get().id)
    assert "今天等我的" in staff.sign_in(house.app, "zhang.min", secret).get("/console/").text
    assert browser.get(f"/console/setup/{link.token}").status_code == 404, "the link is good once"


def test_there_is_no_account_nobody_added(house: House) -> None:
    assert Staff.select().count() == 0
    browser = staff.visitor(house.app)
    browser.get("/console/sign-in")
    for login in ("admin", "root", "tongxin"):
        assert browser.post("/console/sign-in", {"login": login, "password": login}).status_code == 401


@pytest.mark.parametrize("password", ["short", "zhang.min-123456789", "aaaaabbbbbaaaaa", "password123", "1234567890a"])
def test_a_password_that_is_guessed_first_is_refused_with_a_sentence(
    house: House, runtime: Runtime, password: str
) -> None:
    link = actions.add(runtime.audit, None, NewStaff("zhang.min", "张敏", "慢城街道", Role.CLERK))
    browser = staff.visitor(house.app)
    secret = _secret(browser.get(f"/console/setup/{link.token}").text)
    told = {"password": password, "again": password, "code": staff.code_of(secret)}
    answer = browser.post(f"/console/setup/{link.token}", told)
    assert answer.status_code == 422
    assert "密码" in answer.text
    assert Staff.get().password == ""


def test_a_code_is_good_once(house: House, runtime: Runtime) -> None:
    secret = staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    code = staff.code_of(secret)

    def enter() -> TestResponse:
        browser = staff.visitor(house.app)
        browser.get("/console/sign-in")
        browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
        browser.get("/console/sign-in/code")
        return browser.post("/console/sign-in/code", {"code": code})

    assert enter().status_code == 303
    again = enter()
    assert (again.status_code, "刚用过" in again.text) == (401, True)


def test_a_recovery_code_signs_in_once(house: House, runtime: Runtime) -> None:
    staff_id = staff.account(runtime, "zhang.min")
    staff.set_up(runtime, staff_id)
    code = runtime.credentials.renew_codes(staff.actor(runtime, login="zhang.min"))[0]

    def enter() -> int:
        browser = staff.visitor(house.app)
        browser.get("/console/sign-in")
        browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
        browser.get("/console/sign-in/code")
        return browser.post("/console/sign-in/code", {"code": code.upper()}).status_code

    assert [enter(), enter()] == [303, 401]


def test_wrong_passwords_shut_the_account_for_longer_each_time(house: House, runtime: Runtime) -> None:
    staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    browser = staff.visitor(house.app)
    browser.get("/console/sign-in")
    wrong = {"login": "zhang.min", "password": "nothing of the kind"}
    said = [browser.post("/console/sign-in", wrong) for _ in range(rules.FREE_FAILURES + 2)]
    assert [each.status_code for each in said] == [401] * (rules.FREE_FAILURES + 2)
    assert "秒后再试" not in said[-1].text, "whoever guesses is not told that the account is there"
    right = browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
    assert right.status_code == 429, "also the right one has to wait"
    assert re.search("(30|2[0-9]) 秒后再试", right.text)
    Staff.update(locked_until=clock.now()).execute()
    assert browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD}).status_code == 303
    assert _acts().count(("sign_in", Outcome.FAILED)) == rules.FREE_FAILURES + 1
    assert _acts().count(("sign_in", Outcome.REFUSED)) == 2


def test_nobody_learns_which_logins_exist(house: House, runtime: Runtime) -> None:
    staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    browser = staff.visitor(house.app)
    browser.get("/console/sign-in")
    said = [browser.post("/console/sign-in", {"login": login, "password": "x" * 12}) for login in ("zhang.min", "who")]
    strip = [re.sub('value="(who|zhang.min)"', "", re.sub('csrf"[^>]*>', "", each.text)) for each in said]
    assert strip[0] == strip[1]
    assert said[0].status_code == said[1].status_code == 401


def test_nothing_that_the_browser_had_before_is_good_afterwards(house: House, runtime: Runtime) -> None:
    """Session fixation: whoever planted a cookie before the sign-in has nothing."""
    secret = staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    browser = staff.visitor(house.app)
    browser.client.set_cookie("tongxin_console", "a" * 43)
    browser.get("/console/sign-in")
    before = browser.csrf
    browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
    browser.get("/console/sign-in/code")
    answer = browser.post("/console/sign-in/code", {"code": staff.code_of(secret)})
    cookie = answer.headers["Set-Cookie"] + ";".join(answer.headers.getlist("Set-Cookie"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert sessions.find("a" * 43) is None
    browser.get("/console/")
    assert browser.csrf != before


def test_a_cookie_is_good_for_half_an_hour_without_use_and_half_a_day_in_all(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime)
    StaffSession.update(seen_at=clock.now() - rules.IDLE - timedelta(seconds=1)).execute()
    assert browser.get("/console/").status_code == 302 or browser.get("/console/").status_code == 303
    assert StaffSession.select().count() == 0
    again = staff.visitor(house.app)
    again.client.set_cookie("tongxin_console", sessions.begin(Staff.get().id, "电脑", "127.0.0.1"))
    assert again.get("/console/").status_code == 200
    StaffSession.update(created_at=clock.now() - rules.ABSOLUTE - timedelta(seconds=1)).execute()
    assert again.get("/console/").status_code == 303


@pytest.mark.parametrize("ends", [actions.suspend, actions.leave])
def test_who_does_not_work_here_any_more_is_out_at_once(house: House, runtime: Runtime, ends: object) -> None:
    browser = staff.at_work(house.app, runtime)
    assert browser.get("/console/").status_code == 200
    ends(runtime.audit, None, Staff.get().id)  # type: ignore[operator]
    answer = browser.get("/console/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in?next=/console/")


def test_she_sees_her_devices_and_ends_one(house: House, runtime: Runtime) -> None:
    staff_id = staff.account(runtime, "zhang.min")
    secret = staff.set_up(runtime, staff_id)
    first = staff.sign_in(house.app, "zhang.min", secret)
    staff.next_code(staff_id)
    second = staff.sign_in(house.app, "zhang.min", secret)
    other = StaffSession.select().order_by(StaffSession.id).first()
    page = second.follow(f"/console/account/devices/{other.id}/end")
    assert "那台设备已经退出登录" in page.text
    assert first.get("/console/").status_code == 303
    assert second.get("/console/").status_code == 200


def test_nobody_ends_the_devices_of_another(house: House, runtime: Runtime) -> None:
    mine, hers = staff.at_work(house.app, runtime), staff.at_work(house.app, runtime, login="li.hua")
    other = StaffSession.select().order_by(StaffSession.id).first()
    assert hers.post(f"/console/account/devices/{other.id}/end").status_code == 404
    assert mine.get("/console/").status_code == 200


def test_a_form_that_did_not_come_from_our_page_does_nothing(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime)
    hers = {"csrf": browser.csrf}
    tries: tuple[dict[str, dict[str, str]], ...] = (
        {"data": {}},
        {"data": {"csrf": "guessed"}},
        {"data": hers, "headers": {"Origin": "https://elsewhere.example"}},
        {"data": hers, "headers": {"Sec-Fetch-Site": "cross-site"}},
        {"data": hers, "headers": {"Sec-Fetch-Site": "same-site"}},
    )
    for sent in tries:
        assert (
            browser.client.post("/console/sign-out", data=sent["data"], headers=sent.get("headers")).status_code == 403
        )
    assert browser.get("/console/").status_code == 200
    assert browser.post("/console/sign-out", headers={"Origin": "http://localhost"}).status_code == 303
    assert browser.get("/console/").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/console/../../elsewhere",
        "/console//elsewhere.example",
        "javascript:alert(1)",
        "/console/sign-out",
        "/api/v1/me",
        "/console/%0d%0aSet-Cookie:x=1",
        "/console/\nX: 1",
    ],
)
def test_signing_in_leads_nowhere_else(house: House, runtime: Runtime, wanted: str) -> None:
    secret = staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    browser = staff.visitor(house.app)
    browser.get("/console/sign-in", query_string={"next": wanted})
    browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
    browser.get("/console/sign-in/code")
    answer = browser.post("/console/sign-in/code", {"code": staff.code_of(secret)})
    assert answer.headers["Location"] in ("/console/", "/console/%0d%0aSet-Cookie:x=1")
    assert "Set-Cookie:x" not in str(answer.headers.getlist("Set-Cookie"))


def test_signing_in_leads_back_to_the_page_that_was_wanted(house: House, runtime: Runtime) -> None:
    secret = staff.set_up(runtime, staff.account(runtime, "zhang.min", (Role.ADMINISTRATOR, "")))
    browser = staff.visitor(house.app)
    away = browser.get("/console/staff?q=%E5%BC%A0")
    browser.get(away.headers["Location"])
    browser.post("/console/sign-in", {"login": "zhang.min", "password": staff.PASSWORD})
    browser.get("/console/sign-in/code")
    answer = browser.post("/console/sign-in/code", {"code": staff.code_of(secret)})
    assert answer.headers["Location"] == "/console/staff?q=%E5%BC%A0"


def test_every_page_carries_its_guards(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime)
    for path in ("/console/", "/console/sign-in", "/console/nowhere", "/console/staff"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_while_an_account_is_shut_nobody_learns_that_it_exists(house: House, runtime: Runtime) -> None:
    staff.set_up(runtime, staff.account(runtime, "zhang.min"))
    Staff.update(locked_until=clock.now() + timedelta(minutes=5), failures=9).execute()
    browser = staff.visitor(house.app)
    browser.get("/console/sign-in")
    said = [browser.post("/console/sign-in", {"login": login, "password": "x" * 12}) for login in ("zhang.min", "who")]
    strip = [re.sub('value="(who|zhang.min)"', "", re.sub('csrf"[^>]*>', "", each.text)) for each in said]
    assert [each.status_code for each in said] == [401, 401]
    assert strip[0] == strip[1]
    assert Staff.get().failures == 9, "while it is shut none is counted"


def test_scans_leave_the_platform_codes_for_everything_else(house: House, runtime: Runtime) -> None:
    few = [replace(each, times=0) if each.name == "scan_codes" else each for each in limits.TABLE]
    limits.attach(house.app, runtime, few)
    answer = staff.visitor(house.app).get("/console/sign-in/scan")
    assert (answer.status_code, "请用密码登录，明天再扫码" in answer.text) == (503, True)
