"""A programmer reads the page of the API in a real Chromium and tries an endpoint: all of it comes from here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import SCREENSHOTS, browser, needs_browser
from tests.conftest import make_settings
from tests.served import prepare, served

__all__ = ["browser"]
pytestmark = needs_browser


@pytest.fixture
def url(tmp_path: Path, free_port: int) -> Iterator[str]:
    with served(prepare(make_settings(tmp_path)), free_port):
        yield f"http://127.0.0.1:{free_port}"


def test_the_page_shows_the_endpoints_loads_nothing_from_elsewhere_and_breaks_no_policy(
    browser: Browser, url: str, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1400}, locale="zh-CN")
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}/api/v1/docs")
    expect(page.get_by_text("慢城街道 API")).to_be_visible()
    expect(page.get_by_text("不会做两遍。")).to_be_visible()
    page.get_by_text("某点所在的社区").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator("tr.response .response-col_status").first).to_contain_text("200")
    page.screenshot(path=Path(SCREENSHOTS or tmp_path) / "api.png", full_page=True)
    page.close()
    assert said == []
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
