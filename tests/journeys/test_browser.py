"""A person at the phone page, in a real Chromium: she follows, taps the menu, writes, sends, scans."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from backend.followers import rules
from backend.wechat.calls.custom import CustomMenu
from backend.wechat.calls.templates import Template, TemplateSend
from handlers import members
from handlers import menu as menus
from tests.browser import SCREENSHOTS, browser, needs_browser, opened
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House
from tests.simulated import Platform

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture
def page(browser: Browser, platform: Platform, house: House) -> Iterator[Page]:
    house.runtime.gateway(OFFICIAL.app_id).menus.push(menus.MENU)
    qr = house.runtime.gateway(OFFICIAL.app_id).qrcodes.create(rules.scene_of_place("990105"), 600)
    assert qr.url
    with opened(browser, platform.url) as page:
        yield page


def said(page: Page, words: str) -> Locator:
    """A bubble of the account that holds these words."""
    return page.locator('[data-testid="bubble"][data-by="account"]', has_text=words).last


def follow(page: Page) -> None:
    page.get_by_test_id("follow").click()
    expect(said(page, "欢迎关注慢城街道")).to_be_visible()


def write(page: Page, words: str) -> None:
    if not page.get_by_test_id("message-input").is_visible():
        page.get_by_test_id("keyboard-toggle").click()
    page.get_by_test_id("message-input").fill(words)
    page.get_by_test_id("send").click()


def open_panel(page: Page, name: str) -> None:
    if not page.get_by_test_id("plus").is_visible():
        page.get_by_test_id("keyboard-toggle").click()
    page.get_by_test_id("plus").click()
    page.get_by_test_id(f"panel-{name}").click()


def test_she_follows_taps_the_menu_and_writes(page: Page, tmp_path: Path) -> None:
    follow(page)
    page.get_by_test_id("menu-0").click()
    page.get_by_test_id("menu-0-0").click()
    expect(said(page, "您可以这样用")).to_be_visible()
    write(page, "社区")
    expect(said(page, "请把您的位置发给我们")).to_be_visible()
    expect(page.get_by_test_id("traffic-entry").first).to_be_visible()
    expect(page.get_by_test_id("traffic-entry").filter(has_text="社区").first).to_be_visible()
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "phone.png")


def test_she_sends_a_photo(page: Page) -> None:
    follow(page)
    open_panel(page, "photo")
    page.get_by_test_id("sample-photo-0").click()
    expect(said(page, "照片收到了")).to_be_visible()


def test_she_sends_where_she_is_and_hears_her_community(page: Page) -> None:
    follow(page)
    open_panel(page, "location")
    page.get_by_test_id("spot-0").click()
    expect(said(page, "您在春晓社区")).to_be_visible()
    write(page, "记住990101")
    expect(said(page, "记住了：您是春晓社区的街坊")).to_be_visible()


def test_she_scans_the_sign_of_her_community(page: Page) -> None:
    follow(page)
    open_panel(page, "scan")
    page.get_by_test_id("code-0").click()
    expect(said(page, "您是竹林社区的街坊").or_(said(page, "桥社区的街坊"))).to_be_visible()


def test_her_invitation_comes_later_as_a_picture(page: Page, house: House) -> None:
    follow(page)
    write(page, "记住990101")
    expect(said(page, "记住了")).to_be_visible()
    write(page, "邀请")
    expect(said(page, "正在为您准备春晓社区的二维码")).to_be_visible()
    assert house.work() == 2
    expect(said(page, "转给邻居")).to_be_visible()
    expect(page.locator('[data-testid="bubble"][data-by="account"][data-kind="image"]')).to_be_visible()


def test_the_page_fits_a_phone(page: Page, tmp_path: Path) -> None:
    follow(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(said(page, "欢迎关注慢城街道")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "phone-small.png")


def _example(template: Template) -> dict[str, str]:
    """The template's own example as its data."""
    keys = [part.partition(".DATA}}")[0] for part in template.content.split("{{")[1:]]
    return dict(zip(keys, (line.partition(":")[2] for line in template.example.splitlines()), strict=True))


def test_what_the_house_sends_arrives_as_cards(page: Page, platform: Platform, house: House, tmp_path: Path) -> None:
    follow(page)
    gateway, openid = house.runtime.gateway(OFFICIAL.app_id), platform.phone(OFFICIAL.app_id).openid
    for template in gateway.templates.all()[:2]:
        gateway.templates.send(TemplateSend(openid, template.id, _example(template), url="https://example.org/n/1"))
    expect(page.get_by_test_id("card-template")).to_have_count(2)
    gateway.custom.send(openid, CustomMenu("您对这次办理满意吗？", (("s1", "满意"), ("s2", "不满意")), "点一下就好"))
    page.get_by_text("不满意", exact=True).click()
    expect(page.locator('[data-testid="bubble"][data-by="person"]', has_text="不满意")).to_be_visible()
    expect(page.get_by_test_id("traffic-entry").filter(has_text="TEMPLATESENDJOBFINISH").first).to_be_visible()
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "cards.png")


def test_she_is_asked_before_a_mini_program_may_write(page: Page, platform: Platform, tmp_path: Path) -> None:
    page.get_by_test_id(f"account-{MINIPROGRAM.app_id}").first.click()
    page.get_by_test_id("plus").click()
    page.get_by_test_id("panel-subscribe").click()
    for place in range(2):
        page.get_by_test_id(f"subscribe-choose-{place}").check()
    page.get_by_test_id("subscribe-open").click()
    expect(page.get_by_test_id("subscribe-popup")).to_contain_text("慢城街坊 申请")
    page.wait_for_timeout(400)  # it slides in, and the picture is for people
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "consent.png")
    page.get_by_test_id("subscribe-accept").click()
    expect(page.get_by_test_id("traffic-entry").filter(has_text="subscribe_msg_popup_event").first).to_be_visible()


def test_the_link_of_her_registration_opens_the_mini_program_with_her_place(page: Page, tmp_path: Path) -> None:
    follow(page)
    open_panel(page, "scan")
    page.get_by_test_id("code-0").click()
    expect(said(page, "您是石桥社区的街坊")).to_be_visible()
    write(page, "注册")
    answer = said(page, "我们已经替您选好石桥社区")
    expect(answer).to_be_visible()
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "register.png")
    answer.get_by_role("link").click()
    expect(page.get_by_test_id("mini-name")).to_have_text(MINIPROGRAM.name)
    expect(page.get_by_test_id("mini-facts")).to_contain_text(members.PAGE)
    expect(page.get_by_test_id("mini-facts")).to_contain_text("scene=place.990105")
    page.get_by_test_id("mini-phone").click()
    expect(page.get_by_test_id("mini-code")).to_be_visible()
