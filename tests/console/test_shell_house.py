"""What holds for every template and file of the console, without a browser: nothing inline, nothing missing, nothing of
others without its licence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import assets, icons, rendering
from tests.console.shell import TEMPLATES as SAMPLES

TEMPLATES = sorted(rendering.TEMPLATES.rglob("*.html"))
OURS = [path for path in sorted(assets.FOLDER.rglob("*")) if path.is_file() and "vendor" not in path.parts]
VENDORED = sorted((assets.FOLDER / "vendor").iterdir())

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(rendering.TEMPLATES))


def _tags(text: str) -> Iterator[str]:
    """Each opening tag with its attributes, without comments and with what Jinja puts in cut out."""
    bare = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    bare = re.sub(r"\{[{%].*?[%}]\}", "", bare, flags=re.DOTALL)
    yield from re.findall(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", bare)


@each_template
def test_a_template_has_nothing_inline(template: Path) -> None:
    text = template.read_text("utf-8")
    tags = list(_tags(text))
    assert [tag for tag in tags if re.search(r"\s(?:on[a-z]+|style|srcdoc|hx-on[a-z:-]*)\s*=", tag)] == []
    assert [tag for tag in tags if tag.startswith("<style") or re.match(r"<script(?![^>]*\bsrc=)", tag)] == []
    assert re.findall(r"javascript:|\|\s*safe\b|autoescape|hx-vals\s*=\s*['\"]js:", text) == []


@each_template
def test_a_template_names_only_what_is_there(template: Path) -> None:
    text = template.read_text("utf-8")
    named = re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", text)
    assert [name for name in named if not (assets.FOLDER / name).is_file()] == []
    drawn = re.findall(r"(?:icon\(|drawing=)['\"]([a-z0-9-]+)['\"]", text)
    assert [name for name in drawn if not (icons.SET / f"{name}.svg").is_file()] == []
    included = re.findall(r"\{% (?:include|extends|import) ['\"]([^'\"]+)['\"]", text)
    assert [name for name in included if not (rendering.TEMPLATES / name).is_file()] == []


def test_every_icon_is_drawn_somewhere() -> None:
    places = [*TEMPLATES, *SAMPLES.glob("*.html"), *Path(icons.__file__).parent.glob("*.py")]
    text = "".join(path.read_text("utf-8") for path in places)
    assert [path.stem for path in icons.SET.glob("*.svg") if not re.search(rf"['\"]{path.stem}['\"]", text)] == []


@each_template
def test_a_template_comes_from_our_own_server_only(template: Path) -> None:
    outside = re.findall(r"(?:src|href|action|hx-get|hx-post)=['\"](?:https?:)?//[^'\"]*", template.read_text("utf-8"))
    assert outside == []


@pytest.mark.parametrize("name", ["head.html", "base.html", "bare.html", "error.html", "message.html", "macros.html"])
def test_the_templates_of_the_shell_say_what_they_are_for(name: str) -> None:
    assert (rendering.TEMPLATES / name).read_text("utf-8").startswith("{#")


def test_every_macro_is_tried_on_the_sample_pages() -> None:
    """So what is tried there, with good eyes and without, by friend and foe, holds for each of them."""
    listed = re.findall(r"\{% set (\w+) =", (rendering.TEMPLATES / "macros.html").read_text("utf-8"))
    tried = "".join(path.read_text("utf-8") for path in [*SAMPLES.glob("*.html"), *rendering.TEMPLATES.glob("*.html")])
    assert len(listed) > 25
    assert [name for name in listed if f"m.{name}(" not in tried] == []


def test_every_sheet_and_module_is_asked_for() -> None:
    asked = "".join(path.read_text("utf-8") for path in TEMPLATES)
    files = [path for path in OURS if path.suffix in {".css", ".js"}]
    assert len(files) > 10
    assert [path.name for path in files if not re.search(rf"\b{path.stem}\b", asked)] == []


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".js"], ids=lambda path: path.name)
def test_a_module_is_small_says_what_it_is_for_and_evaluates_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("//")
    assert len(text.splitlines()) < 160
    found = re.findall(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.on[a-z]+ = \"", text
    )
    assert found == []


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".css"], ids=lambda path: path.name)
def test_a_sheet_asks_nobody_else_for_anything(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("/*")
    assert re.findall(r"@import|url\(", text) == []


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: path.name)
def test_what_others_wrote_has_its_version_and_its_licence(folder: Path) -> None:
    assert re.fullmatch(r"[a-z][a-z-]*-\d+\.\d+\.\d+", folder.name)
    assert len((folder / "LICENSE").read_text("utf-8")) > 300
    asked = "".join(path.read_text("utf-8") for path in [*TEMPLATES, *Path(icons.__file__).parent.glob("*.py")])
    assert folder.name in asked, "nobody uses it"


@pytest.mark.parametrize(
    ("file", "says"),
    [("tabler-core-1.6.1/tabler.min.css", "Tabler v1.6.1"), ("htmx-2.0.11/htmx.min.js", 'version:"2.0.11"')],
)
def test_a_vendored_file_is_the_version_its_folder_names(file: str, says: str) -> None:
    assert says in (assets.FOLDER / "vendor" / file).read_text("utf-8")


LIGHT, DARK = 0, 1


def _colours() -> list[dict[str, str]]:
    """What colours.css sets for each theme: the name and the colour in hex."""
    sheet = (assets.FOLDER / "css" / "colours.css").read_text("utf-8")
    light, _, dark = sheet.partition('[data-bs-theme="dark"]')
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]


def _contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


GROUNDS = ("ground", "paper", "raised", "here")
PAIRS = [(ink, ground, 4.5) for ink in ("ink", "ink-quiet", "link", "bad") for ground in GROUNDS]
PAIRS += [(kind, f"{kind}-ground", 4.5) for kind in ("good", "bad", "warn", "info")]
PAIRS += [("ink", f"{kind}-ground", 4.5) for kind in ("good", "bad", "warn", "info", "quiet")]
PAIRS += [
    ("mark-ink", "mark", 4.5),
    ("mark-ink", "mark-hover", 4.5),
    ("mark-ink", "bad-button", 4.5),
    ("ink-quiet", "quiet-ground", 4.5),
]
PAIRS += [(edge, ground, 3.0) for edge in ("line-strong", "focus") for ground in ("ground", "paper")]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_edges_stand_out_from_their_ground(theme: int) -> None:
    colours = _colours()[theme]
    weak = {
        (one, other): _contrast(colours[one], colours[other])
        for one, other, least in PAIRS
        if _contrast(colours[one], colours[other]) < least
    }
    assert weak == {}
