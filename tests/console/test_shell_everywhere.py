"""Every page of the real console, with what the shell promises: no barrier, no scrolling sideways, nothing inline."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from backend.permissions import EVERYWHERE, Action
from console import PAGES, Permission
from console.desk import COOKIE
from models.staff import Role
from tests import staff
from tests.browser import browser, needs_browser
from tests.console.shell import PHONE, View, barriers, looking, too_wide
from tests.served import House, house_settings, listening, opened, platform_of_both, prepare
from tests.simulated import Platform, free_port

__all__ = ["browser"]
pytestmark = needs_browser

NO_PAGES = ("/state", "/events", "/findings", ".csv", ".xlsx", ".pdf", ".zip")
"""Streams, files and parts of pages."""

SHOWN = [
    page.path
    for page in PAGES
    if "GET" in page.methods
    and "<" not in page.path
    and (page.asks is Permission.STAFF or isinstance(page.asks, Action))
    and not page.path.endswith(NO_PAGES)
]
BEFORE = ["/console/sign-in", "/console/sign-in/code", "/console/sign-in/scan"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of the console, and the cookie of somebody who may do everything everywhere."""
    folder: Path = tmp_path_factory.mktemp("console")
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform, _house(folder, platform) as house:
        desk = staff.at_work(house.app, house.runtime, *((role, EVERYWHERE) for role in Role))
        cookie = desk.client.get_cookie(COOKIE)
        assert cookie is not None
        house.runtime.database.close()
        port = free_port()
        with listening(house.app, port):
            url = f"http://127.0.0.1:{port}"
            yield url, {"name": COOKIE, "value": cookie.value, "url": url}


def _house(folder: Path, platform: Platform) -> AbstractContextManager[House]:
    return opened(prepare(house_settings(folder, platform)))


def _look(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html"), "no page: name its ending above"
    assert page.locator("h1").count() == 1
    assert barriers(page) == []
    assert too_wide(page) == ""


@pytest.mark.parametrize("view", [View(), View(375, 812, dark=True)], ids=str)
@pytest.mark.parametrize("path", SHOWN)
def test_a_page_of_the_staff(browser: Browser, served: tuple[str, dict[str, Any]], path: str, view: View) -> None:
    url, cookie = served
    with looking(browser, view) as page:
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        _look(page, url + path)


@pytest.mark.parametrize("path", BEFORE)
def test_a_page_before_signing_in(browser: Browser, served: tuple[str, dict[str, Any]], path: str) -> None:
    for view in (View(dark=True), PHONE):
        with looking(browser, view) as page:
            _look(page, served[0] + path)
