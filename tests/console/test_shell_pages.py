"""Every sample page, as people with and without good eyes, on a desk and on a phone, by day and by night, find it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import browser, needs_browser
from tests.console.shell import MESSAGES, PAGES, PHONE, VIEWS, Sample, View, barriers, looking, served, too_wide

__all__ = ["browser"]
pytestmark = needs_browser

WORD = "很长的名字" * 30 + "x" * 200


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Sample(messages=MESSAGES, total=10**9)) as url:
        yield url


@pytest.fixture(scope="module")
def long_address() -> Iterator[str]:
    """The same pages, where somebody wrote far too much without a space."""
    with served(Sample(name=WORD, messages=MESSAGES, total=10**9)) as url:
        yield url


@pytest.mark.parametrize("view", VIEWS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_fits(browser: Browser, address: str, name: str, view: View) -> None:
    with looking(browser, view) as page:
        page.goto(f"{address}/{name}")
        expect(page.locator("h1")).to_have_count(1)
        assert barriers(page) == []
        assert too_wide(page) == ""


@pytest.mark.parametrize("view", [VIEWS[0], PHONE], ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_whatever_somebody_wrote(browser: Browser, long_address: str, name: str, view: View) -> None:
    with looking(browser, view) as page:
        page.goto(f"{long_address}/{name}")
        assert too_wide(page) == ""


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_what_opens_over_a_page_has_no_barrier_either(browser: Browser, address: str, view: View) -> None:
    with looking(browser, view) as page:
        page.goto(f"{address}/detail")
        page.locator("summary", has_text="王秀英").click()
        assert barriers(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="注销").click()
        expect(page.get_by_role("dialog", name="注销王秀英？")).to_be_visible()
        assert barriers(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
        assert barriers(page) == []


def test_on_a_phone_the_navigation_opens_and_closes(browser: Browser, address: str) -> None:
    with looking(browser, PHONE) as page:
        page.goto(f"{address}/list")
        menu = page.get_by_role("button", name="菜单")
        entry = page.get_by_role("link", name="区划")
        expect(entry).to_be_hidden()
        menu.click()
        expect(entry).to_be_visible()
        expect(menu).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("link", name="今天等我的")).to_be_focused()
        assert barriers(page) == []
        page.keyboard.press("Escape")
        expect(entry).to_be_hidden()
        expect(menu).to_be_focused()
        menu.click()
        page.locator("h1").click(force=True)
        expect(entry).to_be_hidden()


def test_on_a_phone_a_row_is_a_card_that_names_its_cells(browser: Browser, address: str) -> None:
    with looking(browser, PHONE) as page:
        page.goto(f"{address}/list")
        cell = page.locator("tr[data-href] td").nth(2)
        assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"社区"'
        for control in page.get_by_role("button").all():
            box = control.bounding_box()
            assert box is None or min(box["width"], box["height"]) >= 24, control.inner_text()


def test_without_a_mouse_the_first_stop_leads_past_the_navigation(browser: Browser, address: str) -> None:
    with looking(browser) as page:
        page.goto(f"{address}/list")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_search_and_navigation_stay_in_view(browser: Browser, address: str) -> None:
    with looking(browser, View(height=500)) as page:
        page.goto(f"{address}/list")
        page.get_by_role("link", name="下一页").scroll_into_view_if_needed()
        assert page.evaluate("scrollY") > 200
        expect(page.get_by_role("searchbox", name="搜索", exact=True)).to_be_in_viewport()
        expect(page.get_by_role("link", name="今天等我的")).to_be_in_viewport()


def test_what_is_focused_is_seen(browser: Browser, address: str) -> None:
    with looking(browser) as page:
        page.goto(f"{address}/form")
        unseen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => { const here = document.activeElement, style = getComputedStyle(here);
                return here === document.body || style.outlineStyle !== "none" && style.outlineWidth !== "0px" }"""
            )
            if not seen:
                unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
        assert unseen == []


def test_nothing_moves_for_those_whom_it_makes_ill(browser: Browser, address: str) -> None:
    with looking(browser, PHONE, reduced_motion="reduce") as page:
        page.goto(f"{address}/list")
        assert page.locator("#navigation").evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


def test_on_paper_there_is_the_page_and_who_printed_it(browser: Browser, address: str) -> None:
    with looking(browser) as page:
        page.goto(f"{address}/list")
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
        expect(page.get_by_role("searchbox", name="搜索", exact=True)).to_be_hidden()
        expect(page.get_by_role("table")).to_be_visible()
        expect(page.get_by_text("打印自同心")).to_be_visible()
