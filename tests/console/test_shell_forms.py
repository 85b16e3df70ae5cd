"""Forms, dialogs, messages and progress, as they are used."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import browser, needs_browser
from tests.console.shell import MESSAGES, Sample, looking, served

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture
def sample() -> Sample:
    return Sample()


@pytest.fixture
def address(sample: Sample) -> Iterator[str]:
    with served(sample) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with looking(browser) as page:
        yield page


def test_htmx_proves_whose_page_asks_and_its_refusal_is_read_out(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}/form")
    page.get_by_role("button", name="现在就试").click()
    refusal = page.locator("#messages").get_by_role("alert")
    expect(refusal).to_have_text("不行：王秀英")
    expect(refusal).to_be_in_viewport()
    assert sample.heard[0]["header"] == "the-token"
    refusal.get_by_role("button", name="关闭这条消息").click()
    expect(refusal).to_have_count(0)


def test_an_answer_without_a_message_is_said_all_the_same(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    page.get_by_role("button", name="没有消息").click()
    expect(page.locator("#messages").get_by_role("alert")).to_have_text("没有办成，请刷新页面后再试。")
    expect(page.get_by_role("heading", name="改地方")).to_be_visible()


def test_no_answer_at_all_is_said_too(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    page.route("**/console/act", lambda route: route.abort())
    page.get_by_role("button", name="现在就试").click()
    expect(page.locator("#messages").get_by_role("alert")).to_have_text("没有连上服务器，请检查网络后再试。")


def test_htmx_neither_evaluates_nor_asks_elsewhere(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    settings = page.evaluate("({ ...htmx.config })")
    assert settings["allowEval"] is False
    assert settings["allowScriptTags"] is False
    assert settings["selfRequestsOnly"] is True
    assert settings["includeIndicatorStyles"] is False
    assert settings["historyCacheSize"] == 0, "pages with people in them are not kept by the browser"


def test_a_refused_form_is_read_from_its_errors_which_lead_to_the_fields(page: Page, address: str) -> None:
    page.goto(f"{address}/refused")
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    field = page.get_by_label("名称")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("居民看到的就是这个名称 请写名称。")
    summary.get_by_role("link", name="请写名称。").click()
    expect(field).to_be_focused()


def test_a_form_that_is_under_way_is_not_sent_twice(page: Page, address: str) -> None:
    sent: list[str] = []
    page.clock.install()
    page.goto(f"{address}/detail")

    def stay(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)

    page.route("**/console/done", stay)
    for _ in range(3):
        page.get_by_role("button", name="暂停").click()
    assert len(sent) == 1
    page.clock.run_for(6000)
    page.get_by_role("button", name="暂停").click()
    assert len(sent) == 2, "a file that was downloaded leaves the page usable"


def test_what_cannot_be_undone_wants_the_word(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}/detail")
    opener = page.get_by_role("button", name="注销")
    opener.click()
    dialog = page.get_by_role("dialog")
    act, word = dialog.get_by_role("button", name="注销"), dialog.get_by_label("请输入")
    expect(act).to_be_disabled()
    expect(word).to_be_focused()
    for wrong in ("注", "注销了", "delete"):
        word.fill(wrong)
        expect(act).to_be_disabled()
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert sample.heard == []
    opener.click()
    word.fill(" 注销 ")
    act.click()
    page.wait_for_url(re.compile("/console/list$"))
    assert sample.heard == [{"csrf": "the-token", "typed": " 注销 "}]


def test_what_was_done_can_be_taken_back_from_its_message(page: Page, address: str, sample: Sample) -> None:
    sample.messages = MESSAGES[:1]
    page.goto(f"{address}/list")
    expect(page.get_by_role("status")).to_contain_text("已保存。")
    page.keyboard.press("u")
    page.wait_for_url(re.compile("/console/act$"))
    assert sample.heard == [{"header": "", "csrf": "the-token"}]


@pytest.mark.parametrize("streams", [True, False])
def test_a_bar_moves_to_its_end_by_events_or_by_asking(page: Page, address: str, sample: Sample, streams: bool) -> None:
    sample.streams = streams
    page.clock.install()
    page.goto(f"{address}/work")
    for _ in range(10):
        page.clock.run_for(2000)
        if page.url.endswith("/console/list"):
            break
        page.wait_for_timeout(100)
    page.wait_for_url(re.compile("/console/list$"))
    assert sample.done >= sample.total


def test_a_bar_says_how_far_it_is(page: Page, address: str, sample: Sample) -> None:
    sample.total = 10**6
    page.goto(f"{address}/work")
    bar = page.get_by_role("progressbar", name="进度")
    expect(bar).to_have_attribute("max", "1000000")
    expect(page.locator(".progress-words")).to_contain_text("已处理")


def test_the_theme_follows_the_system_until_somebody_chooses(page: Page, address: str) -> None:
    page.goto(f"{address}/list")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="换成深色").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("button", name="换成浅色").click()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_a_chosen_theme_is_there_before_anything_is_painted(page: Page, address: str) -> None:
    page.goto(f"{address}/list")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.add_init_script(
        """new MutationObserver((_, watcher) => { if (document.body) {
            window.themeAtBody = document.documentElement.dataset.bsTheme; watcher.disconnect() } }
        ).observe(document, { childList: true, subtree: true })"""
    )
    page.reload()
    assert page.evaluate("themeAtBody") == "dark"


def test_another_tab_changes_its_theme_too(page: Page, address: str) -> None:
    page.goto(f"{address}/list")
    other = page.context.new_page()
    other.goto(f"{address}/list")
    other.locator("details.who summary").click()
    other.get_by_role("button", name="换成深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
