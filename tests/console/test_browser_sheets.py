"""In a real browser: a sheet with errors is brought by keyboard, and one is taken away with a second person."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pyzipper
from playwright.sync_api import Browser, Page, expect

from backend.runtime import Runtime
from console.desk import COOKIE
from models.invitations import Invitation
from models.staff import Role
from tests import exports, imports, people, staff
from tests.browser import browser, needs_browser
from tests.conftest import OFFICIAL, make_settings
from tests.console.shell import PHONE, View, barriers, looking, too_wide
from tests.served import House, listening, opened, prepare
from tests.simulated import free_port

__all__ = ["browser"]
pytestmark = needs_browser
DESK = View()


@dataclass(frozen=True)
class _Place:
    house: House
    url: str

    @property
    def runtime(self) -> Runtime:
        return self.house.runtime

    def work_off(self) -> None:
        imports.work_off(self.runtime)
        self.runtime.database.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[_Place]:
    with opened(prepare(make_settings(tmp_path))) as house:
        people.member(house.runtime, house.runtime.account(OFFICIAL.app_id))
        house.runtime.database.close()
        port = free_port()
        with listening(house.app, port):
            yield _Place(house, f"http://127.0.0.1:{port}")


@contextmanager
def _at_work(place: _Place, browser: Browser, role: Role, login: str, view: View = DESK) -> Iterator[Page]:
    desk = staff.at_work(place.house.app, place.runtime, (role, "9901"), login=login)
    cookie = desk.client.get_cookie(COOKIE)
    assert cookie is not None
    place.runtime.database.close()
    with looking(browser, view) as page:
        page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": place.url}])
        page.goto(f"{place.url}/console/")
        yield page


def _looks_well(page: Page) -> None:
    assert barriers(page) == []
    assert too_wide(page) == ""


def _choose(page: Page, lines: str) -> None:
    page.get_by_role("radio", name="邀请居民").check()
    file = {"name": "名单.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", [View(), View(375, 812, dark=True)], ids=str)
def test_a_sheet_with_errors_is_seen_through_and_confirmed(browser: Browser, place: _Place, view: View) -> None:
    with _at_work(place, browser, Role.CLERK, "zhang.min", view) as page:
        page.goto(f"{place.url}/console/imports")
        page.keyboard.press("c")
        page.wait_for_url("**/imports/new")
        _looks_well(page)
        _choose(page, "手机号,社区,民族\n13800138000,990101,汉\n")
        page.get_by_role("button", name="上传并检查").click()
        expect(page.get_by_role("alert")).to_contain_text("本系统不收集这类信息")
        _looks_well(page)
        _choose(page, "手机号,社区\n13800138000,990101\n12345,990101\n13900139000,990102\n")
        page.get_by_role("button", name="上传并检查").click()
        expect(page.get_by_text("正在检查").first).to_be_visible()
        place.work_off()
        expect(page.get_by_role("button", name="确认写入")).to_be_visible()  # the page has heard of it
        _looks_well(page)
        page.keyboard.press("j")
        expect(page.locator("tr:focus")).to_contain_text("这不是手机号")
        page.get_by_role("link", name=re.compile("新增")).click()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.get_by_role("button", name="确认写入").click()
        expect(page.get_by_text("正在写入").first).to_be_visible()
        place.work_off()
        with page.expect_download() as download:
            page.get_by_role("link", name="下载结果表").click()
        assert download.value.suggested_filename == "导入结果.csv"
        assert Invitation.select().count() == 2
        page.get_by_role("button", name="撤销这次导入").click()
        expect(page.get_by_text("已经撤销")).to_be_visible()
        _looks_well(page)
    assert Invitation.select().count() == 0
    place.runtime.database.close()


def test_a_sheet_is_taken_away_with_a_second_person(browser: Browser, place: _Place) -> None:
    with (
        _at_work(place, browser, Role.CLERK, "zhang.min") as clerk,
        _at_work(place, browser, Role.LEADER, "gao.li", PHONE) as leader,
    ):
        clerk.goto(f"{place.url}/console/exports/new")
        clerk.get_by_role("radio", name="成员 姓名和手机号打码").check()
        clerk.get_by_role("radio", name="CSV").check()
        clerk.get_by_role("textbox", name="用途").fill(exports.PURPOSE)
        clerk.get_by_role("button", name="提交申请").click()
        expect(clerk.get_by_text("等另一位有权限的同事复核").first).to_be_visible()
        _looks_well(clerk)
        leader.reload()
        leader.get_by_role("link", name=re.compile("等您复核")).click()
        expect(leader.get_by_text(exports.PURPOSE)).to_be_visible()
        _looks_well(leader)
        leader.get_by_role("button", name="同意", exact=True).click()
        expect(leader.get_by_text("已经同意")).to_be_visible()
        clerk.reload()
        place.work_off()
        clerk.get_by_role("button", name=re.compile("显示密码")).click()
        password = clerk.get_by_test_id("password").inner_text()
        _looks_well(clerk)
        with clerk.expect_download() as download:
            clerk.get_by_role("button", name=re.compile("下载")).click()
        data = Path(download.value.path()).read_bytes()
        clerk.reload()
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(password.encode())
        [name] = archive.namelist()
        assert exports.lines(archive.read(name))[1][:2] == ["陈**", "199******01"]
