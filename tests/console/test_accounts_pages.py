"""Staff word the welcome, answers, the menu and the texts of consents on pages, and somebody else publishes them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.consents import queries as consents
from backend.places import actions as places
from backend.runtime import Runtime
from handlers import menu as menus
from models.consents import Purpose
from models.places import PlaceLevel
from models.replies import BookKind, ReplyBook
from models.staff import Role
from tests import staff
from tests.conftest import OFFICIAL
from tests.served import House, house_settings, opened, platform_of_both, prepare
from tests.simulated import Platform
from tests.staff import Browser

AT = f"/console/replies/{OFFICIAL.app_id}"
MENU = f"/console/menus/{OFFICIAL.app_id}"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as running:
        yield running


@pytest.fixture
def house(platform: Platform, tmp_path: Path) -> Iterator[House]:
    platform.start_again()
    with opened(prepare(house_settings(tmp_path, platform))) as running:
        yield running


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def editor(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.EDITOR, ""), login="editor")


@pytest.fixture
def leader(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.LEADER, ""), (Role.EDITOR, ""), login="leader")


def _mark(kind: BookKind) -> str:
    row = ReplyBook.get_or_none((ReplyBook.kind == kind) & (ReplyBook.version == 0))
    return "" if row is None else f"{row.changed_at:%Y%m%d%H%M%S%f}"


def test_an_answer_is_written_by_one_and_published_by_another(
    house: House, runtime: Runtime, editor: Browser, leader: Browser
) -> None:
    told = {"keywords": "上班时间 几点上班", "says": "周一至周五。", "mark": ""}
    assert "存进草稿了" in editor.follow(f"{AT}/answers/0", told).text
    assert editor.post(f"{AT}/publish", {"mark": _mark(BookKind.REPLIES)}).status_code == 403
    page = leader.get("/console/replies")
    assert "这次要改的" in page.text
    assert "第 1 版已经发布" in leader.follow(f"{AT}/publish", {"mark": _mark(BookKind.REPLIES)}).text
    said = runtime.said.by(runtime.account(OFFICIAL.app_id).id)
    assert said.answers["几点上班"] == "周一至周五。"
    changed = {"keywords": "上班时间", "says": "天天。", "mark": ""}
    editor.post(f"{AT}/answers/1", changed)
    leader.post(f"{AT}/publish", {"mark": _mark(BookKind.REPLIES)})
    assert "第 1 版的内容又生效了" in leader.follow(f"{AT}/versions/1").text
    assert "几点上班" in runtime.said.by(runtime.account(OFFICIAL.app_id).id).answers


def test_what_cannot_be_said_comes_back_with_the_words_that_were_typed(editor: Browser) -> None:
    answer = editor.post(f"{AT}/answers/0", {"keywords": "注销", "says": "不能注销", "mark": ""})
    assert (answer.status_code, "已经有固定的答复" in answer.text, "不能注销" in answer.text) == (422, True, True)
    answer = editor.post(f"{AT}/texts/welcome", {"words": "您好{nobody}", "mark": ""})
    assert (answer.status_code, "您好{nobody}" in answer.text) == (422, True)
    assert editor.get(f"{AT}/texts/erase").status_code == 404
    assert editor.get(f"{AT}/answers/7").status_code == 404
    assert editor.get("/console/replies/wxnobody/answers/0").status_code == 404
    assert ReplyBook.select().count() == 0


def test_a_menu_is_edited_published_and_stands_on_the_phones(
    platform: Platform, editor: Browser, leader: Browser
) -> None:
    form = {
        "mark": "",
        "group0": "服务",
        "button0-0-name": "能办什么",
        "button0-0-does": "key",
        "button0-0-key": "help",
        "button0-1-name": "街道网站",
        "button0-1-does": "url",
        "button0-1-value": "https://www.example.org/",
    }
    assert "存进草稿了" in editor.follow(f"{MENU}/edit", form).text
    assert "已经推送" in leader.follow(f"{MENU}/publish", {"mark": _mark(BookKind.MENU)}).text
    assert [button["name"] for button in platform.menu(OFFICIAL.app_id)[0]["sub_button"]] == ["能办什么", "街道网站"]
    assert "街道网站" in editor.get("/console/menus").text


def test_what_the_command_line_pushes_is_what_was_published(runtime: Runtime, editor: Browser, leader: Browser) -> None:
    account = runtime.account(OFFICIAL.app_id)
    assert menus.of(account.id) == menus.MENU
    form = {"mark": "", "group0": "服务", "button0-0-name": "帮助", "button0-0-does": "key", "button0-0-key": "help"}
    editor.post(f"{MENU}/edit", form)
    assert menus.of(account.id) == menus.MENU, "a draft is not shown to anybody"
    leader.post(f"{MENU}/publish", {"mark": _mark(BookKind.MENU)})
    [group] = menus.of(account.id)
    assert [(button.name, button.key) for button in group.buttons] == [("帮助", "help")]


def test_a_menu_that_could_not_be_pushed_is_published_all_the_same(
    platform: Platform, editor: Browser, leader: Browser
) -> None:
    form = {"mark": "", "group0": "服务", "button0-0-name": "帮助", "button0-0-does": "key", "button0-0-key": "help"}
    editor.post(f"{MENU}/edit", form)
    platform.fault("/cgi-bin/menu/create", "errcode", errcode=48001)
    page = leader.follow(f"{MENU}/publish", {"mark": _mark(BookKind.MENU)})
    assert "没能推送到微信" in page.text
    assert ReplyBook.get(ReplyBook.kind == BookKind.MENU).pushed_at is None
    platform.mend()
    assert "已经推送" in leader.follow(f"{MENU}/push").text


def test_a_text_of_consent_gets_a_new_version(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime, (Role.ADMINISTRATOR, ""))
    told = {"title": "接收社区通知", "body": "我们会把通知发给您。您可以随时退订。", "asks_again": "yes"}
    assert "第 2 版已经发布" in browser.follow("/console/texts/notices/new", told).text
    assert consents.current()[Purpose.NOTICES].since == 2
    assert browser.post("/console/texts/notices/new", {**told, "body": " "}).status_code == 422
    assert browser.get("/console/texts/erase").status_code == 422
    assert len(consents.versions(Purpose.NOTICES)) == 2


def test_the_house_tells_how_it_is(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime, (Role.ADMINISTRATOR, ""))
    page = browser.get("/console/system")
    assert "结束多年不用的登记" in page.text
    assert "能拿到 access_token" in browser.get("/console/system/findings").text
    assert "客服消息" in browser.get(f"/console/system/quotas/{OFFICIAL.app_id}").text


def test_who_manages_a_place_does_not_see_how_the_whole_house_is(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime, (Role.ADMINISTRATOR, "990101"))
    assert 'href="/console/system"' not in browser.get("/console/").text
    for path in ("/console/system", "/console/system/findings", f"/console/system/quotas/{OFFICIAL.app_id}"):
        assert browser.get(path).status_code == 403
    for path in ("/console/texts", "/console/texts/notices"):
        assert browser.get(path).status_code == 403


def test_her_own_places_are_found_among_many_of_that_name(house: House, runtime: Runtime) -> None:
    for number in range(30):
        staff.place(f"990101{number:02d}", PlaceLevel.GRID, name="红楼")
    staff.place("99010299", PlaceLevel.GRID, name="红楼")
    places.spell()
    browser = staff.at_work(house.app, runtime, (Role.CLERK, "990102"))
    page = browser.get("/console/search?q=红楼").text
    assert set(re.findall(r'href="/console/places/(\d+)"', page)) == {"99010299"}


def test_one_box_finds_places_and_pages(house: House, runtime: Runtime) -> None:
    browser = staff.at_work(house.app, runtime, (Role.CLERK, "990101"))
    assert "春晓社区" in browser.get("/console/search?q=chunxiao").text
    assert "竹林社区" not in browser.get("/console/search?q=竹林").text, "outside her scope"
    assert "/console/members" in browser.get("/console/search?q=成员").text
    assert browser.get("/console/search?q=%00").status_code == 422
