"""A clerk's morning in a real Chromium: the link, the authenticator, her WeChat, and a resident whom she may call."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from backend.staff import actions
from backend.staff.actions import NewStaff
from models.staff import Role, Staff
from tests import staff
from tests.browser import SCREENSHOTS, browser, needs_browser, opened
from tests.served import House
from tests.simulated import Phone, words
from tests.visitors import Visitor

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture
def page(browser: Browser, house: House, port: int) -> Iterator[Page]:
    with opened(browser, f"http://127.0.0.1:{port}/console") as page:
        yield page


def _picture(page: Page, name: str, folder: Path) -> None:
    page.screenshot(path=Path(SCREENSHOTS or folder) / f"{name}.png")


def _scans(phone: Phone, page: Page) -> str:
    """Her phone reads the code on the screen and she answers what stands beside it; what the account says."""
    expect(page.locator(".scan-code")).to_be_visible()
    said = words(phone.scan(_read(page)))
    assert "回复电脑上显示的那句话" in said
    return words(phone.text(page.get_by_test_id("scan-words").inner_text()))


def _read(page: Page) -> str:
    """As a camera would."""
    shot = page.locator(".scan-code").screenshot()
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)).convert("L"))
    return str(found.text)


def test_from_the_link_to_a_resident_who_sees_who_looked(
    page: Page, house: House, phone: Phone, visitor: Visitor, port: int, tmp_path: Path
) -> None:
    base = f"http://127.0.0.1:{port}/console"
    assert visitor.sign_in().status == 200
    visitor.register()
    visitor.ask("PUT", "/me/consents/contact", {"version": 1})
    link = actions.add(house.runtime.audit, None, NewStaff("zhang.min", "张敏", "春晓社区居委会", Role.CLERK, "9901"))

    page.goto(f"{base}/setup/{link.token}")
    secret = _sets_up(page)
    staff.next_code(link.staff_id)
    _signs_in(page, secret)
    _picture(page, "console-home", tmp_path)
    staff.next_code(link.staff_id)
    _binds_her_wechat(page, phone, secret)
    _signs_in_with_it(page, phone)
    _finds_by_keyboard(page)
    _looks_for_a_reason(page)
    [look] = visitor.ask("GET", "/me/looks")["items"]
    assert (look["unit"], look["reason"]) == ("春晓社区居委会", "约时间上门修水管")

    page.goto(f"{base}/members")
    _picture(page, "console-members", tmp_path)
    page.set_viewport_size({"width": 375, "height": 780})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{base}/members")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    _picture(page, "console-phone", tmp_path)


def _sets_up(page: Page) -> str:
    """A password, and the authenticator on her phone, whose secret it answers."""
    secret = page.get_by_test_id("secret").inner_text()
    page.get_by_label("密码", exact=True).fill(staff.PASSWORD)
    page.get_by_label("再填一次密码").fill(staff.PASSWORD)
    page.get_by_label("验证码").fill(staff.code_of(secret))
    page.get_by_role("button", name="设好了").click()
    expect(page.get_by_test_id("codes").get_by_role("listitem")).to_have_count(8)
    page.get_by_role("link", name="抄好了，去登录").click()
    return secret


def _signs_in(page: Page, secret: str) -> None:
    page.get_by_label("登录名").fill("zhang.min")
    page.get_by_label("密码").fill(staff.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("验证码").fill(staff.code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="今天等我的")).to_be_visible()


def _binds_her_wechat(page: Page, phone: Phone, secret: str) -> None:
    page.get_by_role("link", name="您还没有绑定微信").click()
    page.get_by_role("link", name="绑定微信").click()
    page.get_by_label("验证码").fill(staff.code_of(secret))
    page.keyboard.press("Enter")
    assert "绑定好了" in _scans(phone, page)
    expect(page.get_by_text("已经绑定")).to_be_visible()


def _signs_in_with_it(page: Page, phone: Phone) -> None:
    page.locator(".who summary").click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.get_by_role("link", name="用微信扫码登录").click()
    assert "马上进入工作台" in _scans(phone, page)
    expect(page.get_by_role("heading", name="今天等我的")).to_be_visible()
    assert Staff.get().identity_id is not None


def _finds_by_keyboard(page: Page) -> None:
    """The search, the list, the row: without the mouse."""
    page.keyboard.press("/")
    page.keyboard.type("cxl")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="搜「cxl」")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="陈**")).to_be_visible()
    assert "陈秀兰" not in page.content()


def _looks_for_a_reason(page: Page) -> None:
    page.get_by_label("为什么要看").fill("约时间上门修水管")
    page.get_by_role("button", name="查看联系方式").click()
    expect(page.get_by_text("陈秀兰")).to_be_visible()
