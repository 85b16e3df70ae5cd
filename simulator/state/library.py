"""The public library of templates, made up in library.csv: what an account can add, and what each has from the start.

A row of the file is a keyword; those of one title stand together, numbered from 1.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from simulator.state.templates import ONCE, Keyword, Template, template_id

FILE = Path(__file__).parent / "library.csv"
CATEGORIES = {1401: "政务民生", 1402: "社区服务", 1403: "生活服务"}
_AT_FIRST = ("activity-result", "case-progress", "visit-reminder", "issue-result", "outage-notice")
_KIDS_AT_FIRST = 4
ONCE_TEMPLATE = template_id("once-subscription")


@dataclass(frozen=True, slots=True)
class Word:
    kind: str
    label: str
    example: str
    values: tuple[str, ...] = ()  # of an enum


@dataclass(frozen=True, slots=True)
class Title:
    number: int
    slug: str
    title: str
    category: int
    type: int
    words: tuple[Word, ...]

    def keyword(self, kid: int) -> Keyword:
        """`kid` counts from 1. Raises IndexError."""
        if kid < 1:
            raise IndexError(kid)
        word = self.words[kid - 1]
        return Keyword(f"{word.kind}{kid}", word.label, word.example, list(word.values))

    def template(self, identity: str, kids: Iterable[int], scene: str = "") -> Template:
        keywords = [self.keyword(kid) for kid in kids]
        return Template(
            identity,
            str(self.number),
            self.title,
            keywords,
            self.type,
            "政府与公共事业",
            "公共事业",
            scene or self.title,
        )


@lru_cache(maxsize=1)
def all_titles() -> tuple[Title, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = groupby(csv.DictReader(file), key=lambda row: row["number"])
        return tuple(_title(list(keywords)) for _, keywords in rows)


def _title(rows: list[dict[str, str]]) -> Title:
    words = tuple(
        Word(row["kind"], row["label"], row["example"], tuple(filter(None, row["values"].split("/")))) for row in rows
    )
    first = rows[0]
    return Title(int(first["number"]), first["slug"], first["title"], int(first["category"]), int(first["type"]), words)


def title_of(number: str) -> Title | None:
    return next((title for title in all_titles() if str(title.number) == number), None)


def titles_in(categories: Sequence[int]) -> list[Title]:
    return [title for title in all_titles() if title.category in categories]


def first_templates() -> dict[str, Template]:
    """For template messages of an official account."""
    return _furnished("tm")


def first_notices(official: bool) -> dict[str, Template]:
    """For subscription messages; the two kinds of account never share an id."""
    notices = _furnished("so" if official else "mp")
    if official:
        once = Template(ONCE_TEMPLATE, "", "一次性订阅消息", [Keyword("content", "", "")], ONCE)
        notices[once.id] = once
    return notices


def _furnished(family: str) -> dict[str, Template]:
    titles = [title for title in all_titles() if title.slug in _AT_FIRST]
    kids = range(1, _KIDS_AT_FIRST + 1)
    made = [title.template(template_id(f"{family}-{title.slug}"), kids) for title in titles]
    return {template.id: template for template in made}
