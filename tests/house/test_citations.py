"""Every call of the platform names the page of its documentation: whoever changes it reads that first."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CALLS = Path(__file__).parents[2] / "backend" / "wechat" / "calls"
PAGES = ("https://developers.weixin.qq.com/doc/", "https://developers.weixin.qq.com/miniprogram/")
FILES = sorted(file for file in CALLS.glob("*.py") if file.name != "__init__.py")


def _methods(file: Path) -> Iterator[tuple[str, str]]:
    """The public methods of the groups, with their text."""
    source = file.read_text("utf-8")
    for group in ast.parse(source).body:
        if isinstance(group, ast.ClassDef) and any(_takes_caller(each) for each in group.body):
            for method in group.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    yield f"{group.name}.{method.name}", ast.get_source_segment(source, method) or ""


def _takes_caller(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and node.name == "__init__"
        and any(each.arg == "caller" for each in node.args.args)
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_public_method_of_a_group_cites_its_page(file: Path) -> None:
    methods = dict(_methods(file))
    assert methods, "a file of calls holds a group"
    assert [name for name, text in methods.items() if not any(page in text for page in PAGES)] == []
