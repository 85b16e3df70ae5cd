"""A house in a process of its own, with a conversation that misbehaves: to be killed, or for its log to be read.

`python -m tests.rigged PORT RIG`: RIG is one of the functions below. Prints `ready`, and `stuck` where it stops.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from peewee import IntegrityError

from backend import settings as all_settings
from backend.members.actions import Members
from backend.members.rules import Change
from backend.receipts import rules
from backend.receipts.claims import Claims
from backend.rights import actions as rights
from backend.wechat.pushes.replies import TextReply
from handlers import places, table
from handlers.table import Care, Route
from handlers.talk import Talk
from handlers.when import keyword, pattern
from tests.served import listening
from wsgi import create_app

ABANDONED_AFTER = 0.5
SECRET_WORDS = "唯一的秘密"
ERRORS: dict[str, type[Exception]] = {"0": RuntimeError, "1": ValueError, "2": KeyError, "3": IntegrityError}
"""By the last character of the unit that she wants to correct."""


def plain() -> None:
    """Nothing is wrong, except that claims count as abandoned soon."""
    rules.ABANDONED_AFTER = ABANDONED_AFTER


def stuck_inside() -> None:
    """Stops in the transaction of a handler that writes, when everything is written and nothing committed."""
    _front(Route(pattern("记住.*"), _remember_and_stop, care=Care.WRITE))


def stuck_after() -> None:
    """Stops when all is committed, before anybody is told."""
    Claims.answer = _stop  # type: ignore[method-assign,assignment]


def failing() -> None:
    _front(Route(keyword("弄坏"), _fail, care=Care.WRITE))


def telling() -> None:
    """An unexpected error of any kind in a view, which quotes whatever it knows."""
    rights.correct = _quote  # type: ignore[assignment]


def _quote(_everybody: Members, _member_id: int, change: Change) -> NoReturn:
    raise ERRORS[str(change.unit)[-1]](repr(change))


def _front(route: Route) -> None:
    table.TABLE = (route, *table.TABLE)


def _remember_and_stop(talk: Talk) -> TextReply:
    reply = places.remember(talk)
    _stop()
    return reply


def _fail(talk: Talk) -> TextReply:
    raise RuntimeError(f"{talk.message.openid} said {SECRET_WORDS}")


def _stop(*_: object) -> None:
    _say("stuck")
    time.sleep(60)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


RIGS: dict[str, Callable[[], None]] = {
    rig.__name__: rig for rig in (plain, stuck_inside, stuck_after, failing, telling)
}

if __name__ == "__main__":
    RIGS[sys.argv[2]]()
    with listening(create_app(all_settings.load(os.environ)), int(sys.argv[1])):
        _say("ready")
        time.sleep(120)
