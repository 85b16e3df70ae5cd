"""Reads of what accounts say: the draft and the versions for staff, what is published for every message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from peewee import ModelSelect, PeeweeException, fn
from playhouse.pool import MaxConnectionsExceeded

from backend.permissions import EVERYWHERE, Action, Actor
from backend.replies import books, rules
from backend.replies.books import MenuBook, Replies
from backend.replies.texts import EDITABLE
from backend.storage.remembered import Remembered
from models.replies import BookKind, ReplyBook

log = structlog.get_logger()
DRAFT = 0
REMEMBER_SECONDS = 5.0
KEPT = 20
"""Versions that a page lists."""


@dataclass(frozen=True, slots=True)
class Version:
    """`mark` changes with every write of a draft: whoever saves says which one she has seen."""

    number: int
    content: str
    changed_by: str
    changed_at: datetime
    pushed_at: datetime | None

    @property
    def mark(self) -> str:
        return f"{self.changed_at:%Y%m%d%H%M%S%f}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is published for one account, ready to be said."""

    texts: Mapping[str, str]
    answers: Mapping[str, str]

    def text(self, key: str, **filled: str) -> str:
        return self.texts.get(key, EDITABLE[key].words).format(**filled)


NOTHING = Spoken({}, {})


class Said:
    """What the accounts say now; a new version is said within some seconds by every process."""

    def __init__(self) -> None:
        self._remembered = Remembered("replies", _spoken, REMEMBER_SECONDS)

    def by(self, account_id: int) -> Spoken:
        """What is delivered with the house while the database does not answer and was never heard."""
        try:
            return self._remembered.get().get(account_id, NOTHING)
        except (PeeweeException, MaxConnectionsExceeded) as error:
            log.warning("replies.not_known", error=type(error).__name__)
            return NOTHING

    def renew(self) -> None:
        self._remembered.renew()


def draft(actor: Actor, account_id: int, kind: BookKind) -> Version | None:
    actor.require(Action.EDIT_REPLIES, EVERYWHERE)
    return draft_of(account_id, kind)


def draft_of(account_id: int, kind: BookKind) -> Version | None:
    """For whoever has asked for the permission already."""
    row = _of(account_id, kind).where(ReplyBook.version == DRAFT).first()
    return None if row is None else _view(row)


def published(account_id: int, kind: BookKind) -> Version | None:
    """The newest version; None while there is none."""
    newest = _of(account_id, kind).where(ReplyBook.version > DRAFT).order_by(ReplyBook.version.desc()).first()
    return None if newest is None else _view(newest)


def versions(actor: Actor, account_id: int, kind: BookKind) -> list[Version]:
    """The newest first."""
    actor.require(Action.EDIT_REPLIES, EVERYWHERE)
    rows = _of(account_id, kind).where(ReplyBook.version > DRAFT).order_by(ReplyBook.version.desc()).limit(KEPT)
    return [_view(row) for row in rows]


def replies_of(version: Version | None) -> Replies:
    return Replies() if version is None else books.replies(version.content)


def menu_of(version: Version | None) -> MenuBook:
    return MenuBook() if version is None else books.menu(version.content)


def words_of(account_id: int) -> frozenset[str]:
    """That are answered by what is published."""
    found = replies_of(published(account_id, BookKind.REPLIES))
    return frozenset(rules.plain(word) for answer in found.answers for word in answer.words)


def _spoken() -> dict[int, Spoken]:
    last = ReplyBook.select(ReplyBook.account, fn.MAX(ReplyBook.version).alias("version")).where(
        ReplyBook.kind == BookKind.REPLIES, ReplyBook.version > DRAFT
    )
    newest = {(row.account_id, row.version) for row in last.group_by(ReplyBook.account)}
    rows = ReplyBook.select().where(ReplyBook.kind == BookKind.REPLIES, ReplyBook.version > DRAFT)
    current = [row for row in rows if (row.account_id, row.version) in newest]
    return {row.account_id: _ready(books.replies(row.content)) for row in current}


def _ready(replies: Replies) -> Spoken:
    answers = {rules.plain(word): answer.says for answer in replies.answers for word in answer.words}
    return Spoken(replies.texts, answers)


def _of(account_id: int, kind: BookKind) -> "ModelSelect[Any]":
    return ReplyBook.select().where(ReplyBook.account == account_id, ReplyBook.kind == kind)


def _view(row: ReplyBook) -> Version:
    return Version(row.version, row.content, row.changed_by, row.changed_at, row.pushed_at)
