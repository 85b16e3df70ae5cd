"""From a typed message to the answer, inside the five seconds whatever happens.

The work runs on a thread of its own. When it is not done in time the person gets a sentence at once, and what
the handler says later comes to her as a customer-service message through the queue.
"""

import threading
from dataclasses import dataclass, field
from queue import SimpleQueue

import structlog

from backend import clock
from backend.accounts.queries import Account
from backend.errors import HouseError
from backend.members import actions as members
from backend.members.actions import HEARD_JOURNAL, Heard
from backend.members.queries import Follower
from backend.receipts import actions as receipts
from backend.runtime import Runtime
from backend.storage.kv import Note
from backend.wechat import messages as m
from backend.wechat import replies
from backend.wechat.inbound import Push
from backend.wechat.replies import Reply, TextReply
from handlers import phrases
from handlers.table import Effect, Route, route_of
from handlers.talk import Talk
from models.base import database
from models.members import Interaction

log = structlog.get_logger()

_HEARD_AS: dict[type[m.Inbound], Interaction] = {
    **dict.fromkeys((m.Text, m.Image, m.Voice, m.Video, m.Location, m.Link, m.MiniProgramPage), Interaction.MESSAGE),
    **dict.fromkeys((m.Click, m.ScanCode), Interaction.MENU),
    m.Subscribe: Interaction.FOLLOW,
    m.Scan: Interaction.SCAN,
    m.EnterSession: Interaction.ENTER,
}


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

    def rendered(self, reply: Reply | None) -> Outcome:
        if reply is None:
            return Outcome(b"")
        return Outcome(replies.render(reply, self.message, int(clock.timestamp()), self.push.form), reply)

    def says(self, words: str) -> Outcome:
        return self.rendered(TextReply(words))


class Conversation:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._local = runtime, runtime.local
        self._waiting: SimpleQueue[Turn] = SimpleQueue()
        # Twice the server's threads: half of them may be stuck in slow handlers while the rest goes on.
        for _ in range(2 * runtime.settings.web_threads):
            threading.Thread(target=self._serve, name="talk", daemon=True).start()

    def answer(self, account: Account, push: Push, number: str) -> bytes:
        """The rendered reply, or empty for nothing. Never raises, never takes longer than `answer_seconds`."""
        wait = self._runtime.settings.answer_seconds
        turn = Turn(account, push, number, clock.monotonic() + wait, route_of(push.message))
        if not self._may_hang(turn):
            self._work(turn)
            return turn.answer
        turn.bell.acquire()
        self._waiting.put(turn)
        if not turn.bell.acquire(timeout=wait) and turn.give_up():
            return self._too_slow(turn)
        return turn.answer

    def _may_hang(self, turn: Turn) -> bool:
        """Reading a local file cannot, and most messages ask no more: they are spared the second thread."""
        return not (self._local and turn.route.effect is Effect.NONE)

    def _serve(self) -> None:
        while True:
            turn = self._waiting.get()
            self._work(turn)
            turn.bell.release()

    def _work(self, turn: Turn) -> None:
        try:
            outcome = self._answer_once(turn)
            if not turn.finish(outcome.rendered):
                self._send_later(turn, outcome.reply)
        except Exception:
            log.exception("talk.broken", request_id=turn.number)
            turn.finish(turn.says(phrases.BUSY).rendered)
        finally:
            if not database.is_closed():
                database.close()

    def _answer_once(self, turn: Turn) -> Outcome:
        claims = self._runtime.claims
        if turn.route.effect is Effect.NONE:
            outcome = self._try(turn)
            return Outcome(claims.settle(turn.key, outcome.rendered, _note(turn)), outcome.reply)
        standing = claims.claim(turn.key, turn.deadline, _note(turn))
        if not standing.mine:
            return Outcome(standing.answer or b"")
        outcome = self._try(turn)
        if not turn.late:
            claims.answer(turn.key, outcome.rendered)
        return outcome

    def _try(self, turn: Turn) -> Outcome:
        talk = Talk(self._runtime, turn.account, turn.message, self._meet(turn))
        try:
            return self._run(talk, turn)
        except HouseError as error:
            log.warning("talk.refused", request_id=turn.number, code=error.code)
            return turn.says(error.sentence)
        except Exception:
            log.exception("talk.failed", request_id=turn.number, kind=type(turn.message).__name__)
            return self._rescue(talk, turn)

    def _run(self, talk: Talk, turn: Turn) -> Outcome:
        if turn.route.effect is not Effect.WRITE:
            return turn.rendered(turn.route.answer(talk))
        said: list[Outcome] = []

        def work() -> bytes:
            said[:] = [turn.rendered(turn.route.answer(talk))]
            return said[0].rendered

        rendered = receipts.once(turn.key, self._runtime.cipher, work)
        return said[0] if said else Outcome(rendered)

    def _rescue(self, talk: Talk, turn: Turn) -> Outcome:
        if turn.route.rescue is not None:
            return turn.rendered(turn.route.rescue(talk))
        if turn.route.silent:
            return Outcome(b"")
        return turn.says(phrases.FAILED.format(number=turn.number[-8:]))

    def _meet(self, turn: Turn) -> Follower | None:
        """Who speaks. A database that is away must not keep us from saying so."""
        if isinstance(turn.message, m.LocationReport):
            return None
        try:
            return members.meet(turn.account.id, turn.message.openid)
        except Exception:
            log.exception("talk.follower_unknown", request_id=turn.number)
            return None

    def _too_slow(self, turn: Turn) -> bytes:
        log.warning("talk.slow", request_id=turn.number, kind=type(turn.message).__name__)
        answer = b"" if turn.route.silent else turn.says(phrases.WORKING).rendered
        self._runtime.claims.answer(turn.key, answer)
        return answer

    def _send_later(self, turn: Turn, reply: Reply | None) -> None:
        if isinstance(reply, TextReply):
            payload = {"app_id": turn.account.app_id, "openid": turn.message.openid, "words": reply.content}
            self._runtime.queue.put("say", payload)


def _note(turn: Turn) -> Note | None:
    """Whom we heard of, to be written behind. A tapped message menu counts as a tap, although it is a text."""
    message = turn.message
    kind = _HEARD_AS.get(type(message))
    if kind is None:
        return None
    if isinstance(message, m.Text) and message.menu_item:
        kind = Interaction.MENU
    heard = Heard(turn.account.id, message.openid, message.at.timestamp(), kind)
    return Note(HEARD_JOURNAL, heard.pack())
