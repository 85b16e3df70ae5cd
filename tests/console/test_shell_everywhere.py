"""Every page of the real console, with what the shell promises: no barrier, no scrolling sideways, nothing inline."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from backend import clock
from backend.permissions import EVERYWHERE, Action
from backend.quality import doubles, weeks
from backend.runtime import Runtime
from backend.staff import actions
from backend.staff.actions import NewStaff
from console import PAGES, Permission
from console.desk import COOKIE
from models.exports import ExportKind
from models.followers import WechatIdentity
from models.imports import ImportKind
from models.staff import Role
from tests import exports, imports, people, staff
from tests.browser import browser, needs_browser
from tests.conftest import OFFICIAL
from tests.console.shell import PHONE, View, barriers, looking, too_wide
from tests.served import House, house_settings, listening, opened, platform_of_both, prepare
from tests.simulated import Platform, free_port

__all__ = ["browser"]
pytestmark = needs_browser

NO_PAGES = frozenset(
    {"import_state", "export_state", "wechat_state", "system_findings", "system_quotas"}  # streams and parts of pages
    | {"import_template", "import_result"}  # files
    | {"nowhere"}
)
FILLED = {
    "member": "/console/members/{member}",
    "member_merge": "/console/members/{member}/merge?other={other}",
    "quality_members": "/console/quality/members/number",
    "staff_one": "/console/staff/{colleague}",
    "place": "/console/places/990101",
    "place_edit": "/console/places/990101/edit",
    "place_new": "/console/places/new?parent=990101",
    "import": "/console/imports/{sheet}",
    "export": "/console/exports/{taken}",
    "reply_text": f"/console/replies/{OFFICIAL.app_id}/texts/welcome",
    "reply_answer": f"/console/replies/{OFFICIAL.app_id}/answers/0",
    "menu_edit": f"/console/menus/{OFFICIAL.app_id}/edit",
    "text": "/console/texts/notices",
    "text_new": "/console/texts/notices/new",
    "audit": "/console/audit?kind=member&subject={member}",
    "search": "/console/search?q=chen",
}
"""Pages with something in their path, or worth more with something in their address."""

SHOWN = [
    FILLED.get(page.name, page.path)
    for page in PAGES
    if "GET" in page.methods
    and page.name not in NO_PAGES
    and (page.asks is Permission.STAFF or isinstance(page.asks, Action))
]
BEFORE = ["/console/sign-in", "/console/sign-in/code", "/console/sign-in/scan", "/console/setup/{link}"]


@dataclass(frozen=True)
class Served:
    """`cookie` is of somebody who may do everything everywhere, `ids` are what stands for the names in the paths."""

    url: str
    cookie: dict[str, Any]
    ids: dict[str, object]

    def at(self, path: str) -> str:
        return self.url + path.format(**self.ids)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("console")
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform, _house(folder, platform) as house:
        desk = staff.at_work(house.app, house.runtime, *((role, EVERYWHERE) for role in Role))
        cookie = desk.client.get_cookie(COOKIE)
        assert cookie is not None
        ids = _something_of_each(house.runtime)
        house.runtime.database.close()
        port = free_port()
        with listening(house.app, port):
            url = f"http://127.0.0.1:{port}"
            yield Served(url, {"name": COOKIE, "value": cookie.value, "url": url}, ids)


def _something_of_each(runtime: Runtime) -> dict[str, object]:
    """Empty lists hide their rows: there are two of one name, a dead WeChat, sheets with faults, and a colleague."""
    account = runtime.account(OFFICIAL.app_id)
    member, other = (
        people.member(runtime, account, f"oSeen{n}", people.number(n), people.application()) for n in (1, 2)
    )
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(WechatIdentity.member == member).execute()
    doubles.find(runtime.cipher)
    weeks.take()
    clerk = staff.actor(runtime, login="zhang.min")
    sheet = imports.brought(runtime, clerk, ImportKind.INVITATIONS, "手机,编码\n13800138000,990101\n138,990101\n")
    taken = exports.ready(runtime, clerk, ExportKind.MEMBERS, "9901")
    told = NewStaff("li.hua", "李华", "春晓社区居委会", Role.CLERK, "990101")
    link = actions.add(runtime.audit, None, told)
    ids = {"member": member, "other": other, "colleague": link.staff_id, "link": link.token}
    return {**ids, "sheet": sheet, "taken": taken}


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
def test_a_page_of_the_staff(browser: Browser, served: Served, path: str, view: View) -> None:
    with looking(browser, view) as page:
        page.context.add_cookies([served.cookie])  # type: ignore[list-item]
        _look(page, served.at(path))


@pytest.mark.parametrize("path", BEFORE)
def test_a_page_before_signing_in(browser: Browser, served: Served, path: str) -> None:
    for view in (View(dark=True), PHONE):
        with looking(browser, view) as page:
            _look(page, served.at(path))
