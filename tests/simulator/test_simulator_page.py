"""The phone page in a real Chromium: links typed into 扫一扫, and the journal narrowed to one interface."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import browser, needs_browser, opened
from tests.simulator.driver import MINIPROGRAM, Driver

USERS, MENU = "/cgi-bin/user/get", "/cgi-bin/menu/get"

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture
def page(browser: Browser, simulator: Driver) -> Iterator[Page]:
    simulator.follow()
    with opened(browser, simulator.base) as page:
        page.get_by_test_id("hint-close").click()
        yield page


def type_into_the_scanner(page: Page, text: str) -> None:
    page.get_by_test_id("plus").click()
    page.get_by_test_id("panel-scan").click()
    page.get_by_test_id("scan-text").fill(text)
    page.get_by_test_id("scan-send").click()


def titles(page: Page) -> list[str]:
    return page.locator(".traffic-title").all_inner_texts()


def test_a_url_link_that_is_typed_opens_its_page(page: Page, simulator: Driver) -> None:
    body = {"path": "pages/card/card", "query": "no=7", "expire_type": 1, "expire_interval": 1}
    type_into_the_scanner(page, simulator.call("/wxa/generate_urllink", body, MINIPROGRAM).data["url_link"])
    expect(page.get_by_test_id("mini-name")).to_have_text("春风邻里")
    expect(page.get_by_test_id("mini-facts")).to_contain_text("pages/card/card")
    expect(page.get_by_test_id("mini-facts")).to_contain_text("no=7")


def test_a_scheme_that_is_typed_opens_its_page(page: Page, simulator: Driver) -> None:
    body = {"jump_wxa": {"path": "pages/issue/issue", "query": "id=3"}}
    type_into_the_scanner(page, simulator.call("/wxa/generatescheme", body, MINIPROGRAM).data["openlink"])
    expect(page.get_by_test_id("mini-facts")).to_contain_text("pages/issue/issue")


def test_a_link_that_has_expired_says_so(page: Page, simulator: Driver) -> None:
    body = {"path": "pages/card/card", "expire_type": 1, "expire_interval": 1}
    link = simulator.call("/wxa/generate_urllink", body, MINIPROGRAM).data["url_link"]
    simulator.advance(86_400)
    type_into_the_scanner(page, link)
    expect(page.get_by_text("这个链接已过期。")).to_be_visible()
    expect(page.get_by_test_id("mini-name")).to_have_count(0)


def test_the_journal_is_narrowed_to_one_interface(page: Page, simulator: Driver) -> None:
    for path in (USERS, MENU, MENU):
        simulator.ask(path)
    choice = page.get_by_test_id("traffic-path")
    expect(choice.locator("option")).to_contain_text(["所有接口和推送", "/cgi-bin/menu/get", "/cgi-bin/stable_token"])
    choice.select_option(MENU)
    expect(page.get_by_test_id("traffic-entry")).to_have_count(2)
    assert titles(page) == [f"GET {MENU}"] * 2
    simulator.ask(USERS)
    simulator.ask(MENU)
    expect(page.get_by_test_id("traffic-entry")).to_have_count(3)
    assert titles(page) == [f"GET {MENU}"] * 3
    choice.select_option("")
    expect(page.get_by_test_id("traffic-entry").filter(has_text=USERS)).to_have_count(2)


def test_what_the_page_has_long_dropped_is_found_by_its_interface(page: Page, simulator: Driver) -> None:
    simulator.ask(USERS)
    token = simulator.token()
    for _ in range(300):
        simulator.get(f"{MENU}?access_token={token}")
    choice = page.get_by_test_id("traffic-path")
    choice.focus()
    expect(choice.locator("option").filter(has_text=USERS)).to_have_count(1)
    choice.select_option(USERS)
    expect(page.get_by_test_id("traffic-entry")).to_have_count(1)
    assert titles(page) == [f"GET {USERS}"]
