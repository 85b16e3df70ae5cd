"""Templates of the console: what they can say, and making a page of one. Knows no page and no noun."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console import assets, words
from console.icons import icon

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **context: object) -> str:
    return environment().get_template(template).render(**context)


@cache
def environment() -> Environment:
    """Everything is escaped, whatever the template is called; a name that nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        beijing=words.beijing, day=words.day, ago=words.ago, iso=words.iso, few=words.few, amount=words.amount,
        size=words.size,
    )  # fmt: skip
    made.globals.update(asset=assets.address, icon=icon, query=query)
    return made


def query(given: Mapping[str, object], **changes: object) -> str:
    """?place=99&cursor=abc: what was asked for, changed. What is empty is left out."""
    both = {**given, **changes}
    return "?" + urlencode({name: value for name, value in both.items() if value is not None and value != ""})
