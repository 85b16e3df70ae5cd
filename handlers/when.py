"""Conditions of the conversation table. Each answers whether a message is meant, and knows nothing else."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.replies import rules
from backend.wechat.pushes import messages as m

When = Callable[[m.Inbound], bool]


def keyword(*words: str) -> "Keyword":
    """The whole text is one of the words; width, case, spaces and end punctuation do not matter."""
    return Keyword(frozenset(map(plain, words)))


@dataclass(frozen=True, slots=True)
class Keyword:
    """A condition that can be asked which words it means: what staff word themselves must not be among them."""

    wanted: frozenset[str]

    def __call__(self, message: m.Inbound) -> bool:
        return isinstance(message, m.Text) and plain(message.content) in self.wanted


def pattern(expression: str) -> When:
    """The text matches from start to end."""
    compiled = re.compile(expression)
    return lambda message: isinstance(message, m.Text) and compiled.fullmatch(message.content.strip()) is not None


def menu(*keys: str) -> When:
    """One of these menu buttons: tapped, or announcing the code, picture or place that it asked for."""
    kinds = (m.Click, m.ScanCode, m.PhotoMenu, m.LocationMenu)
    return lambda message: isinstance(message, kinds) and message.menu_key in keys


def button(prefix: str) -> When:
    """A tap on a button whose key starts so."""
    return lambda message: isinstance(message, m.Click) and message.menu_key.startswith(prefix)


def scene(prefix: str) -> When:
    """Somebody who follows already scans a code whose scene starts so."""
    return lambda message: isinstance(message, m.Scan) and message.scene.startswith(prefix)


def first_scene(prefix: str) -> When:
    """Somebody follows by scanning a code whose scene starts so."""
    return lambda message: isinstance(message, m.Subscribe) and message.scene.startswith(prefix)


def kind(*kinds: type[m.Inbound]) -> When:
    return lambda message: isinstance(message, kinds)


def anything(_message: m.Inbound) -> bool:
    return True


@functools.lru_cache(maxsize=8)
def plain(text: str) -> str:
    """Kept for a moment: every row of the table asks it of one message."""
    return rules.plain(text)
