"""The content of a book as values, and as the JSON in which it is kept. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Whoever writes one of the words hears `says`."""

    words: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Replies:
    """`texts`: those of `EDITABLE` that are worded anew."""

    texts: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuButton:
    """`does`: key (something of the conversation), say (the answer to a word), url, page (of a mini-program)."""

    name: str
    does: str
    value: str
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    name: str
    buttons: tuple[MenuButton, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuBook:
    groups: tuple[MenuGroup, ...] = ()


def written(book: Replies | MenuBook) -> str:
    return json.dumps(asdict(book), ensure_ascii=False, sort_keys=True)


def replies(content: str) -> Replies:
    told: dict[str, Any] = json.loads(content)
    answers = tuple(Answer(tuple(each["words"]), each["says"]) for each in told["answers"])
    return Replies(told["texts"], answers)


def menu(content: str) -> MenuBook:
    told: dict[str, Any] = json.loads(content)
    return MenuBook(tuple(_group(each) for each in told["groups"]))


def _group(told: dict[str, Any]) -> MenuGroup:
    return MenuGroup(told["name"], tuple(MenuButton(**each) for each in told["buttons"]))
