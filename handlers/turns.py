"""One message being answered: what the thread that works on it and the thread that waits for it share."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend import clock
from backend.accounts.queries import Account
from backend.followers import hearing
from backend.outbox import reports
from backend.outbox.reports import Report
from backend.storage.kv import Note
from backend.wechat.pushes import messages as m
from backend.wechat.pushes import replies
from backend.wechat.pushes.inbound import Push
from backend.wechat.pushes.replies import Reply, TextReply, TransferReply
from handlers.table import Care, Route
from handlers.talk import heard_of
from models.accounts import AccountKind

_DELIVERED = "success"


@dataclass(frozen=True)
class Outcome:
    """`reply` is known to the thread that worked it out; a repetition has only the rendered bytes."""

    rendered: bytes
    reply: Reply | None = None


@dataclass
class Turn:
    """One message being answered, shared by the thread that works and the one that waits."""

    account: Account
    push: Push
    number: str  # the request id: what the person is told when it fails, and what the log is searched for
    deadline: float
    route: Route
    answer: bytes = b""
    late: bool = False
    done: bool = False
    guard: threading.Lock = field(default_factory=threading.Lock)
    # A lock that is released once: a third of the price of an Event, and thousands are made a second.
    bell: threading.Lock = field(default_factory=threading.Lock)

    @property
    def message(self) -> m.Inbound:
        return self.push.message

    @property
    def key(self) -> str:
        return f"{self.account.app_id}:{self.message.key}"

    def finish(self, answer: bytes) -> bool:
        """False when the waiting thread has given up meanwhile."""
        with self.guard:
            self.answer, self.done = answer, True
            return not self.late

    def give_up(self) -> bool:
        """False when the answer has arrived meanwhile."""
        with self.guard:
            self.late = not self.done
            return self.late

    @property
    def by_api(self) -> bool:
        """A mini-program answers its visitors through the API only, never in the push's own answer (sheet §2.3)."""
        return self.account.kind is AccountKind.MINIPROGRAM

    @property
    def instant(self) -> bool:
        """Where the answer is a call of its own, it must be claimed before, lest it is made twice."""
        return self.route.care is Care.INSTANT and not self.by_api

    def rendered(self, reply: Reply | None) -> Outcome:
        if reply is None or (self.by_api and not isinstance(reply, TransferReply)):
            return Outcome(b"", reply)
        return Outcome(replies.render(reply, self.message, int(clock.timestamp()), self.push.form), reply)

    def says(self, words: str) -> Outcome:
        return self.rendered(TextReply(words))


def note_of(turn: Turn) -> Note | None:
    """What is written behind: whom we heard of, and what became of our messages."""
    if told := list(_reports(turn)):
        return Note(reports.JOURNAL, reports.pack(told))
    heard = heard_of(turn.account, turn.message)
    return None if heard is None else Note(hearing.JOURNAL, heard.pack())


def _reports(turn: Turn) -> Iterator[Report]:
    message, at = turn.message, turn.message.at.timestamp()
    who = turn.account.id, message.openid, at
    if isinstance(message, m.TemplateFinished):
        reason = "" if message.status == _DELIVERED else message.status.removeprefix("failed:")[:32]
        yield Report(*who, True, message.message_id, reason)
    elif isinstance(message, m.SubscribeSent):
        for result in message.results:
            yield Report(*who, False, result.message_id, str(result.error_code) if result.error_code else "")
