"""A clerk asks for a sheet, a leader lets it go, and it is taken away with a password that is shown once."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyzipper

from backend.runtime import Runtime
from models.exports import ExportKind, ExportState, SheetExport
from models.staff import Role
from tests import exports, imports, people, staff
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare
from tests.staff import Browser

NEW = "/console/exports/new"
WISH = {"kind": "members", "place": "9901", "form": "csv", "purpose": exports.PURPOSE}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path))) as running:
        people.member(running.runtime, running.runtime.account(OFFICIAL.app_id))
        yield running


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def clerk(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.CLERK, "9901"))


@pytest.fixture
def leader(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.LEADER, ""), login="gao.li")


def _asked(browser: Browser, **more: str) -> str:
    """The path of its page."""
    browser.get(NEW)
    answer = browser.post(NEW, {**WISH, **more})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_from_the_wish_to_the_file(runtime: Runtime, clerk: Browser, leader: Browser) -> None:
    path = _asked(clerk)
    assert "等您复核" in leader.get("/console/").text
    assert exports.PURPOSE in leader.get(path).text
    assert "已经同意" in leader.follow(f"{path}/approve").text
    assert clerk.get(f"{path}/state").get_json(force=True)["finished"] is False
    imports.work_off(runtime)
    assert clerk.get(f"{path}/state").get_json(force=True)["finished"] is True
    assert "可以下载了" in clerk.get("/console/").text
    shown = clerk.post(f"{path}/password")
    password = re.search(r'data-testid="password">([^<]+)<', shown.text)
    assert password is not None
    assert shown.headers["Cache-Control"] == "no-store"
    assert password[1] not in clerk.get(path).text
    assert clerk.post(f"{path}/password").status_code == 409
    answer = clerk.post(f"{path}/download")
    assert answer.mimetype == "application/zip"
    assert "%E6%88%90%E5%91%98-1.zip" in answer.headers["Content-Disposition"]
    with pyzipper.AESZipFile(io.BytesIO(answer.data)) as archive:
        archive.setpassword(password[1].encode())
        [told] = [archive.read(name) for name in archive.namelist()]
    assert exports.lines(told)[1][:2] == ["陈**", "199******01"]


def test_three_downloads_and_no_fourth(runtime: Runtime, clerk: Browser, leader: Browser) -> None:
    path = _asked(clerk)
    leader.get(path)
    leader.post(f"{path}/approve")
    imports.work_off(runtime)
    assert [clerk.post(f"{path}/download").status_code for _ in range(4)] == [200, 200, 200, 409]
    assert "还可以" not in clerk.get(path).text


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"purpose": "走访"}, 422, "至少 6 个字"),
        ({"purpose": ""}, 422, "用途"),
        ({"kind": "everything"}, 422, "请选要导出什么"),
        ({"form": "pdf"}, 422, "请选文件的格式"),
        ({"place": ""}, 403, "权限"),
        ({"place": "8801"}, 403, "权限"),
        ({"place": "9902"}, 403, "权限"),
    ],
)
def test_a_wish_that_cannot_be_is_said_and_leaves_nothing(
    clerk: Browser, more: dict[str, str], status: int, words: str
) -> None:
    clerk.get(NEW)
    answer = clerk.post(NEW, {**WISH, **more})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert exports.PURPOSE in answer.text or "purpose" in more, "what was written stays in the form"
    assert SheetExport.select().count() == 0


def test_a_leader_declines_with_a_reason_that_is_read(clerk: Browser, leader: Browser) -> None:
    path = _asked(clerk)
    leader.get(path)
    assert leader.post(f"{path}/decline", {"answer": ""}).status_code == 422
    leader.follow(f"{path}/decline", {"answer": "范围太大"})
    assert [words in clerk.get(path).text for words in ("没有同意", "范围太大")] == [True, True]


def test_her_own_wish_cannot_be_let_go(clerk: Browser, leader: Browser) -> None:
    path = _asked(leader, place="")
    assert "您自己不能复核" in leader.get(path).text
    assert leader.post(f"{path}/approve").status_code == 403
    assert clerk.post(f"{path}/approve").status_code == 403
    assert SheetExport.get().state is ExportState.ASKED


def test_who_did_not_ask_gets_neither_file_nor_password(
    house: House, runtime: Runtime, clerk: Browser, leader: Browser
) -> None:
    path = _asked(clerk)
    leader.get(path)
    leader.post(f"{path}/approve")
    imports.work_off(runtime)
    other = staff.at_work(house.app, runtime, (Role.CLERK, "9901"), login="li.wei")
    for browser in (leader, other):
        for act in ("/password", "/download", "/withdraw"):
            assert browser.post(path + act).status_code == 404
    for page in ("", "/state"):
        assert other.get(path + page).status_code == 404
    assert other.get("/console/exports/99999999999999999999").status_code == 404
    assert "成员" not in re.findall(r"<tbody>.*?</tbody>", other.get("/console/exports").text)


def test_who_may_not_see_contacts_is_not_offered_them(clerk: Browser, leader: Browser) -> None:
    offered = [re.findall(r'name="kind" value="(\w+)"', browser.get(NEW).text) for browser in (clerk, leader)]
    assert offered == [["members", "contacts", "heads", "places"], ["members", "heads", "places"]]
    assert leader.post(NEW, {**WISH, "kind": "contacts"}).status_code == 403


def test_her_only_place_stands_in_the_form(clerk: Browser, leader: Browser) -> None:
    assert 'name="place" type="text" value="9901"' in clerk.get(NEW).text
    assert 'name="place" type="text" value=""' in leader.get(NEW).text


def test_what_was_unusual_stands_first_with_the_leaders(
    house: House, runtime: Runtime, clerk: Browser, leader: Browser
) -> None:
    asker = imports.clerk(runtime, login="night.owl")
    number = exports.asked(runtime, asker, ExportKind.MEMBERS)
    SheetExport.update(alerted_at=SheetExport.asked_at).where(SheetExport.id == number).execute()
    page = leader.get("/console/").text
    assert "时间或次数不寻常" in page
    assert "时间或次数不寻常" not in clerk.get("/console/").text


def test_hostile_words_in_a_purpose_are_only_words(clerk: Browser, leader: Browser) -> None:
    path = _asked(clerk, purpose="<script>alert(1)</script>{{7*7}}")
    for browser in (clerk, leader):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
