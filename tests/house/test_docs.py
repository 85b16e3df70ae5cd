"""What the documentation names is there: pages, headings, files, commands, and every word of the conversation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import manage
from backend import settings
from backend.settings import AccountSettings, Settings
from backend.wechat.failures import TREATMENTS, refusal
from handlers import menu

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]*")
ENDINGS = (".py", ".md", ".toml", ".csv", ".lock", ".example")
MADE_BY_RUNNING = {"var", ".venv"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def _prose(page: Path) -> str:
    """Without the blocks of code: they may name files that the reader is to make."""
    return FENCE.sub("", page.read_text("utf-8"))


def _targets(page: Path, picture: bool) -> Iterator[str]:
    for mark, target in LINK.findall(_prose(page)):
        if bool(mark) is picture and "://" not in target:
            yield target


def _headings(page: Path) -> set[str]:
    """As GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _named_paths(page: Path) -> Iterator[str]:
    """Words in backticks that stand for something in this repository."""
    ours = {entry.name for entry in ROOT.iterdir()} - MADE_BY_RUNNING
    for word in re.findall(r"`([^`\n]+)`", _prose(page)):
        first = word.partition("/")[0]
        if PATH.fullmatch(word) and (word.endswith(ENDINGS) or ("/" in word and first in ours)):
            yield word


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in _targets(page, picture=False):
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (heading and heading not in _headings(there)):
            dead.append(target)
    assert dead == []


@each_page
def test_pictures_are_there(page: Path) -> None:
    assert [target for target in _targets(page, picture=True) if not (page.parent / target).exists()] == []


@each_page
def test_files_that_are_named_exist(page: Path) -> None:
    beside_a_room = {"rules.py", "actions.py", "queries.py"}  # said of each room that has them
    beside_another = {path.name for path in (ROOT / "backend" / "wechat").iterdir()}
    known = beside_a_room | beside_another
    assert [path for path in _named_paths(page) if path not in known and not (ROOT / path).exists()] == []


@each_page
def test_commands_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) - made == set()
    known = set(manage.main.commands)
    assert set(re.findall(r"(?:manage\.py|^tongxin|`tongxin) ([a-z-]+)", text, re.MULTILINE)) - known == set()


def _keywords() -> set[str]:
    tree = ast.parse((ROOT / "handlers" / "table.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "keyword"]
    return {str(word.value) for call in asked for word in call.args if isinstance(word, ast.Constant)}


def _first_cells(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of the page on the conversation."""
    below = (ROOT / "docs" / "conversation.md").read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_page_on_the_conversation_lists_every_keyword_and_no_other() -> None:
    cells = [word.strip() for row in _first_cells("What people can write") for word in row[0].split(",")]
    listed = {word for word in cells if " " not in word}  # the others describe: a picture, anything else
    assert len(listed) > 10
    assert listed == _keywords()


def test_the_page_on_the_conversation_lists_the_menu_in_its_order() -> None:
    listed = [(row[0], row[1]) for row in _first_cells("What people can tap")]
    assert listed == [(group.name, item.name) for group in menu.MENU for item in group.buttons]


def _events(tree: ast.AST) -> Iterator[str]:
    """What a module logs: log.warning("talk.slow", …)."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        logger, event = node.func.value, node.args[0]
        if isinstance(logger, ast.Name) and logger.id in {"log", "bound"} and isinstance(event, ast.Constant):
            yield str(event.value)


def test_every_log_line_and_measure_is_explained_to_the_operator() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    files = [
        path
        for floor in ("backend", "handlers", "jobs", "console", "commands")
        for path in (ROOT / floor).rglob("*.py")
    ]
    sources = [path.read_text("utf-8") for path in files]
    events = {event for source in sources for event in _events(ast.parse(source))}
    measures = set(re.findall(r'(?:Histogram|Counter|Gauge)\("([a-z_]+)"', "".join(sources)))
    assert len(events) > 15
    assert len(measures) > 1
    assert [name for name in sorted(events | measures) if f"`{name}`" not in page] == []
    below = page.partition("## What the log says")[2]
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", below)) - events == set()


def test_the_defaults_of_the_example_are_the_defaults() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    shown = dict(line.lstrip("# ").split("=", 1) for line in lines if re.match(r"(# )?TONGXIN_[A-Z_]+=", line))
    fields = {name: field for name, field in Settings.__dataclass_fields__.items() if field.type is not AccountSettings}
    assert {name: shown[settings.PREFIX + name.upper()] for name in fields} == {
        name: str(field.default) for name, field in fields.items()
    }


def test_the_table_of_error_numbers_is_the_one_in_the_code() -> None:
    page = (ROOT / "docs" / "gateway.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([-\d, ]+?)(?:, and all others)? \|", page, re.MULTILINE)
    told = {int(number): name for name, numbers in rows for number in numbers.split(",")}
    known = {number: type(refusal("", number, "")).__name__ for number in TREATMENTS}
    assert told == known
