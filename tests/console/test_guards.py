"""Every page of the console, against everybody who has no business there: by the table, so a new page is tried too."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from backend.permissions import TABLE, Action
from backend.runtime import Runtime
from console import PAGES, Page, Permission
from models.audit import AuditEntry
from models.base import Table
from models.registry import TABLES
from models.staff import Role, StaffSession
from tests import staff
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare
from tests.staff import Browser

VALUES = {"number": "1", "app_id": OFFICIAL.app_id, "key": "welcome", "purpose": "notices", "code": "990101"}
"""For what a path holds; anything else gets 1."""

FOR_STAFF = [page for page in PAGES if page.asks is Permission.STAFF or isinstance(page.asks, Action)]
WITH_ACTION = [page for page in FOR_STAFF if isinstance(page.asks, Action)]


def path_of(page: Page) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES.get(found[1], "1"), page.path)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path_factory.mktemp("house")))) as running:
        yield running


@pytest.fixture(scope="module")
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture(scope="module")
def browsers(house: House, runtime: Runtime) -> dict[Role, Browser]:
    """One of each role, for the whole deployment."""
    return {role: staff.at_work(house.app, runtime, (role, ""), login=f"is.{role.value}") for role in Role}


def _rows() -> dict[str, int]:
    """How many rows each table has, but for who is signed in and what is written of every try."""
    tables: list[type[Table]] = [table for table in TABLES if table not in (AuditEntry, StaffSession)]
    return {table._meta.table_name: table.select().count() for table in tables}


@pytest.mark.parametrize("page", FOR_STAFF, ids=lambda page: page.name)
def test_nobody_gets_in_without_signing_in(house: House, page: Page) -> None:
    stranger = staff.visitor(house.app)
    for method in page.methods:
        answer = stranger.client.open(path_of(page), method=method)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/console/sign-in")


@pytest.mark.parametrize("page", WITH_ACTION, ids=lambda page: page.name)
def test_a_role_that_may_not_is_refused_and_nothing_happens(browsers: dict[Role, Browser], page: Page) -> None:
    assert isinstance(page.asks, Action)
    before = _rows()
    for role in set(Role) - TABLE[page.asks]:
        for method in page.methods:
            data = {"csrf": browsers[role].csrf} if method == "POST" else None
            answer = browsers[role].client.open(path_of(page), method=method, data=data)
            assert (answer.status_code, "权限" in answer.text) == (403, True), role
    assert _rows() == before


@pytest.mark.parametrize("page", [page for page in FOR_STAFF if "POST" in page.methods], ids=lambda page: page.name)
def test_no_post_is_taken_from_elsewhere(browsers: dict[Role, Browser], page: Page) -> None:
    role = next(iter(TABLE[page.asks])) if isinstance(page.asks, Action) else Role.CLERK
    before = _rows()
    for data, headers in (
        ({}, {}),
        ({"csrf": "x" * 64}, {}),
        ({"csrf": browsers[role].csrf}, {"Origin": "https://elsewhere.example"}),
    ):
        answer = browsers[role].client.post(path_of(page), data=data, headers=headers)
        assert answer.status_code == 403
    assert _rows() == before


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.asks is Permission.VISITOR and "POST" in page.methods], ids=lambda p: p.name
)
def test_nobody_is_signed_in_by_a_form_of_somebody_else(house: House, page: Page) -> None:
    """Else she would do her work in the account of whoever sent the form."""
    stranger = staff.visitor(house.app)
    stranger.get("/console/sign-in")
    before = _rows()
    for sent in ({"csrf": ""}, {"csrf": "guessed"}):
        assert stranger.post(path_of(page), sent).status_code == 403
    own = {"csrf": stranger.csrf}
    assert stranger.post(path_of(page), own, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert _rows() == before


@pytest.mark.parametrize("page", [page for page in FOR_STAFF if "GET" in page.methods], ids=lambda page: page.name)
def test_a_get_changes_nothing(browsers: dict[Role, Browser], page: Page) -> None:
    """Whoever is sent a link, or whose browser looks ahead, has done nothing by it."""
    role = next(iter(TABLE[page.asks])) if isinstance(page.asks, Action) else Role.CLERK
    before = _rows()
    assert browsers[role].client.get(path_of(page)).status_code not in (500, 502)
    assert _rows() == before


def test_what_a_path_may_hold_finds_no_way_out(browsers: dict[Role, Browser]) -> None:
    """Path traversal: in the static files, and in what pages take from their path."""
    browser = browsers[Role.ADMINISTRATOR]
    for path in (
        "/console/static/../desk.py",
        "/console/static/..%2f..%2fmanage.py",
        "/console/static/%2e%2e/%2e%2e/manage.py",
        "/console/static//etc/passwd",
        "/console/setup/..%2f..%2fadmin",
        "/console/replies/..%2f..%2f/texts/welcome",
    ):
        assert browser.get(path).status_code in (303, 404), path


def test_every_page_says_a_sentence_when_its_path_is_nonsense(browsers: dict[Role, Browser]) -> None:
    for role, path in (
        (Role.ADMINISTRATOR, "/console/staff/999999999"),
        (Role.ADMINISTRATOR, "/console/staff/99999999999999999999999"),
        (Role.ADMINISTRATOR, "/console/nowhere/at/all"),
        (Role.EDITOR, "/console/replies/none/texts/welcome"),
        (Role.AUDITOR, "/console/audit?cursor=abc"),
        (Role.AUDITOR, "/console/audit?since=yesterday"),
        (Role.AUDITOR, "/console/audit?cursor=99999999999999999999"),
        (Role.AUDITOR, "/console/audit?login=%00"),
    ):
        answer = browsers[role].get(path)
        assert answer.status_code in (404, 422), (path, answer.status_code)
        assert answer.mimetype == "text/html"
        assert re.search("[\u4e00-\u9fff]{4}", answer.text)


def test_a_page_of_an_error_has_the_menu_for_who_is_signed_in(house: House, browsers: dict[Role, Browser]) -> None:
    menu = 'href="/console/audit"'
    assert menu in browsers[Role.AUDITOR].get("/console/nowhere").text
    assert menu in browsers[Role.AUDITOR].get("/console/staff").text, "also where it is refused"
    stranger = staff.visitor(house.app).get("/console/setup/unknown")
    assert (stranger.status_code, menu in stranger.text) == (404, False)


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}",
    "</textarea><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "\u202eevil",
)


class _Run(HTMLParser):
    """Collects what a browser would run, or fetch from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        runs = [name for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        leads = [given[name] for name in ("src", "href", "action", "formaction") if name in given]
        away = [path for path in leads if path and not path.startswith(("/console/", "#", "?", "data:image/"))]
        if tag == "script" and "src" not in given:
            self.found.append("script")
        self.found += runs + away


def _runs(page: str) -> list[str]:
    parser = _Run()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_only_words_wherever_they_are_shown(
    house: House, browsers: dict[Role, Browser], words: str
) -> None:
    administrator, editor, auditor = (browsers[role] for role in (Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR))
    stranger = staff.visitor(house.app)
    stranger.get("/console/sign-in")
    shown = [
        stranger.post("/console/sign-in", {"login": words[:60], "password": "x"}),
        administrator.get("/console/search", query_string={"q": words}),
        administrator.get("/console/staff", query_string={"q": words}),
        administrator.post("/console/staff/new", {"name": words, "unit": words, "login": "x", "role": words}),
        administrator.post(
            "/console/staff/new",
            {"name": words[:32], "unit": words, "login": f"x{abs(hash(words))}"[:20], "role": "clerk"},
        ),
        administrator.get("/console/staff"),
        administrator.post("/console/texts/notices/new", {"title": words, "body": words, "asks_again": "1"}),
        administrator.get("/console/texts/notices"),
        administrator.get("/console/texts"),
        editor.post(f"/console/replies/{OFFICIAL.app_id}/answers/0", {"keywords": words, "says": words, "mark": "x"}),
        editor.post(f"/console/replies/{OFFICIAL.app_id}/texts/welcome", {"words": words, "mark": "x"}),
        editor.post(f"/console/menus/{OFFICIAL.app_id}/edit", {"group0": words, "button0-0-name": words, "mark": "x"}),
        auditor.get("/console/audit", query_string={"login": words[:32], "subject": words, "kind": words[:32]}),
        administrator.get(f"/console/{words.replace('/', '')}"),
    ]
    for answer in shown:
        assert answer.status_code < 500
        assert _runs(answer.text) == []
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
