"""The house keeps its own rules: floors, tables that list everything, guard rails, and manners."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import miniprogram_api
from backend import runtime as runtimes
from backend import settings
from backend.activities import rules as activities
from backend.imports.heads import Heads
from backend.imports.invitations import Neighbours
from backend.permissions import Action
from backend.places import contacts
from backend.places import rules as places
from backend.replies import rules as replies
from backend.storage import migrations
from backend.wechat.calls.menus import Button
from backend.wechat.pushes import messages as m
from console import PAGES, Permission
from handlers import help, menu, table
from handlers.when import Keyword
from models.registry import TABLES
from tests.conftest import OFFICIAL, make_settings
from wsgi import create_app

ROOT = Path(__file__).parents[2]
HOUSE = ("backend", "models", "handlers", "miniprogram_api", "console", "jobs", "commands", "simulator")
MAY_PRINT = {"manage.py", "demo.py", "simulator/__main__.py"}


def _sources() -> Iterator[tuple[str, str]]:
    files = [path for floor in HOUSE for path in (ROOT / floor).rglob("*.py")] + list(ROOT.glob("*.py"))
    assert len(files) > 80
    for path in files:
        yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    for name, source in _sources():
        for node in ast.walk(ast.parse(source)):
            yield f"{name}:{getattr(node, 'lineno', 0)}", node


def test_the_floors_and_rooms_import_as_the_plan_says() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout), "there are contracts"


def _tap(button: Button) -> m.Inbound:
    """What the platform pushes when the button is tapped."""
    head = ("oA", "gh", datetime(2026, 11, 21, tzinfo=UTC), "e:1")
    taps: dict[str, m.Inbound] = {
        "click": m.Click(*head, button.key),
        "location_select": m.LocationMenu(*head, button.key),
        "scancode_push": m.ScanCode(*head, button.key, "qrcode", "x", waits=False),
        "scancode_waitmsg": m.ScanCode(*head, button.key, "qrcode", "x", waits=True),
        "pic_sysphoto": m.PhotoMenu(*head, button.key, 1),
        "pic_photo_or_album": m.PhotoMenu(*head, button.key, 1),
        "pic_weixin": m.PhotoMenu(*head, button.key, 1),
    }
    return taps[button.type]


@pytest.mark.parametrize("button", [b for group in menu.MENU for b in group.buttons if b.key], ids=lambda b: b.name)
def test_every_button_of_the_menu_has_a_row_of_its_own(button: Button) -> None:
    route = table.route_of(_tap(button))
    assert route is not table.TABLE[-1]
    assert route.answer is not help.not_understood


def test_the_menu_is_one_the_platform_accepts() -> None:
    """https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu: 3 by 5, 16 and 60 bytes."""
    assert 1 <= len(menu.MENU) <= 3
    assert all(1 <= len(group.buttons) <= 5 for group in menu.MENU)
    assert [group.name for group in menu.MENU if len(group.name.encode()) > 16] == []
    assert [b.name for group in menu.MENU for b in group.buttons if len(b.name.encode()) > 60] == []
    assert len(menu.keys()) == len(set(menu.keys()))


def test_the_last_row_answers_whatever_no_other_does() -> None:
    assert all(table.TABLE[-1].when(_tap(Button("", kind, "nobody's"))) for kind in ("click", "pic_weixin"))
    assert table.route_of(_tap(Button("", "click", "nobody's"))) is table.TABLE[-1]


def test_every_page_of_the_console_asks_for_a_permission() -> None:
    assert all(isinstance(page.asks, Permission | Action) for page in PAGES)
    for value in ("path", "name"):
        given = [getattr(page, value) for page in PAGES]
        assert len(given) == len(set(given))


DOCUMENTS = {f"{miniprogram_api.PREFIX}/{path}" for path in ("openapi.json", "docs", "docs/<path:name>")}
"""The description of the API, and the page that shows it."""


def test_every_address_belongs_to_a_table(tmp_path: Path) -> None:
    given = make_settings(tmp_path)
    first = runtimes.start(given)
    migrations.apply(first.database)
    first.close()
    app = create_app(given)
    served = {rule.rule: rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    pages = {page.path: "console" for page in PAGES}
    nouns = {api.name for api in miniprogram_api.ENDPOINTS}
    of_the_api = {path for path, owner in served.items() if owner in nouns and path.startswith(miniprogram_api.PREFIX)}
    assert pages.items() <= served.items()
    assert served.keys() - pages.keys() - of_the_api - DOCUMENTS == set()
    push = app.test_client().get(f"/wechat/{OFFICIAL.app_id}")
    assert (push.status_code, push.data) == (403, b""), "the webhook stands beside Flask, and answers for itself"


# DESIGN §6: what is not stored cannot be misused.
NEVER = re.compile(
    "ethnic|nationalit|religi|faith|politic|party_member|key_person|suspic|tenant|id_?card|identity_number|race"
    "|民族|族别|宗教|信仰|政治|党员|重点人员|租户|嫌疑|身份证",
    re.IGNORECASE,
)


def test_no_table_column_import_or_setting_is_for_what_is_never_collected() -> None:
    columns = [f"{t._meta.table_name}.{f.column_name}" for t in TABLES for f in t._meta.sorted_fields]
    sheets = (places.SHEET, contacts.COLUMNS, activities.COLUMNS, Neighbours.columns, Heads.columns)
    heads = [name for sheet in sheets for name in sheet.names]
    names = [*columns, *heads, *settings.names(), *(page.path for page in PAGES)]
    assert len(columns) > 20
    assert [name for name in names if NEVER.search(name)] == []


def test_no_migration_makes_what_is_never_collected() -> None:
    migrations = sorted((ROOT / "models" / "migrations").glob("[0-9]*.py"))
    assert migrations
    assert [path.name for path in migrations if NEVER.search(path.read_text("utf-8"))] == []


def test_no_error_is_passed_over_in_silence() -> None:
    silent = [
        where
        for where, node in _nodes()
        if isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in node.body)
    ]
    bare = [where for where, node in _nodes() if isinstance(node, ast.ExceptHandler) and node.type is None]
    assert silent + bare == []


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    assert [name for name, source in _sources() if marks.search(source)] == []


def test_only_commands_print() -> None:
    printing = {
        where
        for where, node in _nodes()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "breakpoint")
    }
    assert [where for where in printing if where.rpartition(":")[0] not in MAY_PRINT] == []


def test_the_environment_has_one_reader_in_the_house() -> None:
    readers = {
        where.rpartition(":")[0]
        for where, node in _nodes()
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        if isinstance(node.value, ast.Name) and node.value.id == "os"
    }
    assert {name for name in readers if name.startswith(HOUSE) and not name.startswith("simulator")} == {
        "backend/settings.py"
    }


def test_every_file_says_in_its_first_lines_what_it_is_for() -> None:
    silent = [name for name, source in _sources() if source.strip() and not ast.get_docstring(ast.parse(source))]
    assert [name for name in silent if "migrations/" not in name] == []


def test_staff_reword_nothing_that_the_conversation_answers_itself() -> None:
    """Rights, and ways to a human, are the same at every deployment; a new row of the table is thought of here."""
    meant = {word for route in table.TABLE if isinstance(route.when, Keyword) for word in route.when.wanted}
    assert meant == replies.RESERVED


def test_what_a_button_of_the_menu_can_do_is_done_by_the_conversation() -> None:
    assert set(replies.KEYS) == set(menu.keys())
    types = {button.key: button.type for group in menu.MENU for button in group.buttons}
    assert {key: type_ for key, type_ in types.items() if type_ != "click"} == replies.TYPES
    assert table.route_of(_tap(Button("", "click", f"{replies.SAY}上班时间"))).answer is help.said_by_button
