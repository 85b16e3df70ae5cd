"""The whole console without a mouse."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import browser, needs_browser
from tests.console.shell import Sample, looking, served

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Sample()) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with looking(browser) as page:
        page.goto(f"{address}/list")
        yield page


@pytest.mark.parametrize("key", ["/", "、", "／"])
def test_the_slash_goes_to_the_search(page: Page, key: str) -> None:
    page.evaluate("key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))", key)
    search = page.get_by_role("searchbox", name="搜索", exact=True)
    expect(search).to_be_focused()
    page.keyboard.type("wang/j?")
    expect(search).to_have_value("wang/j?")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_j_and_k_walk_the_rows_and_enter_opens_one(page: Page) -> None:
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("tr[data-href]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/console/list/2$"))


def test_the_walk_ends_at_the_ends(page: Page) -> None:
    page.keyboard.press("k")
    expect(page.locator("tr[data-href]").last).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("tr[data-href]").last).to_be_focused()
    for _ in range(20):
        page.keyboard.press("k")
    expect(page.locator("tr[data-href]").first).to_be_focused()


def test_o_opens_a_row_and_x_chooses_it(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr[data-href] input").first).to_be_checked()
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/console/list/1$"))


def test_enter_on_the_link_in_a_row_opens_that_link(page: Page) -> None:
    page.locator("tr[data-href] a").nth(4).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/console/list/5$"))


def test_g_and_a_letter_go_somewhere(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(re.compile("/console/places$"))


def test_g_is_forgotten_when_another_key_comes_or_none(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.clock.install()
    page.keyboard.press("g")
    page.clock.run_for(1300)
    page.keyboard.press("p")
    assert page.url.endswith("/console/list")


def test_the_help_lists_what_is_there_and_gives_the_focus_back(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="键盘操作")
    expect(help).to_be_visible()
    for keys, words in (("/", "搜索"), ("n", "下一页"), ("c", "发邀请"), ("g m", "成员"), ("g p", "区划")):
        line = help.locator("dl[data-keys-list] > div", has_text=words).filter(has_text=keys)
        expect(line.first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(help).to_be_visible()
    page.keyboard.press("Escape")
    expect(help).to_be_hidden()
    expect(page.locator("tr[data-href]").first).to_be_focused()


def test_no_key_acts_while_somebody_types_or_holds_another(page: Page) -> None:
    page.get_by_label("姓名或拼音").fill("")
    page.keyboard.type("jgp?")
    expect(page.get_by_label("姓名或拼音")).to_have_value("jgp?")
    page.locator("main").focus()
    page.keyboard.press("Control+j")
    expect(page.locator("tr[data-href]:focus")).to_have_count(0)
    assert page.url.endswith("/console/list")


def test_single_keys_can_be_switched_off_and_on(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_label("不用单键操作").check()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("tr[data-href]:focus")).to_have_count(0)
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()
    page.get_by_role("button", name="键盘操作").click()
    page.get_by_label("不用单键操作").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tr[data-href]").first).to_be_focused()


def test_a_click_on_a_row_opens_it_and_one_on_its_box_does_not(page: Page) -> None:
    page.locator("tr[data-href] input").nth(2).check()
    assert page.url.endswith("/console/list")
    page.locator("tr[data-href] td").nth(3).click()
    page.wait_for_url(re.compile("/console/list/1$"))


def test_who_comes_back_goes_on_from_the_row_she_left(page: Page) -> None:
    for key in ("j", "j", "j", "o"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile("/console/list/3$"))
    page.go_back()
    expect(page.locator("tr[data-href]").nth(2)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("tr[data-href]").nth(3)).to_be_focused()
    page.reload()
    expect(page.locator("tr[data-href]:focus")).to_have_count(0)


def test_a_click_with_control_opens_another_tab(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.locator("tr[data-href] td").nth(3).click(modifiers=["Control"])
    assert opened.value.url.endswith("/console/list/1")
    assert page.url.endswith("/console/list")


def test_the_menu_of_who_is_signed_in_closes_with_escape(page: Page) -> None:
    who = page.locator("details.who")
    who.locator("summary").click()
    expect(page.get_by_role("link", name="我的账号")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="我的账号")).to_be_hidden()
    expect(who.locator("summary")).to_be_focused()
    who.locator("summary").click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="我的账号")).to_be_hidden()
