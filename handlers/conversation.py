"""From a typed message to the answer, inside the five seconds whatever happens.

The work runs on a thread of its own. When it is not done in time the person gets a sentence at once, and what
the handler says later comes to her as a customer-service message through the queue.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

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
from handlers.table import Route, route_of
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


@dataclass
class Turn:
    """One message being answered, shared by the thread that works and the one that waits."""

    account: Account
    push: Push
    number: str  # the request id: what the person is told when it fails, and what the log is searched for
    deadline: float
    answer: bytes = b""
    late: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def message(self) -> m.Inbound:
        return self.push.message

    @property
    def key(self) -> str:
        return f"{self.account.app_id}:{self.message.key}"

    def finish(self, answer: bytes) -> bool:
        """False when the waiting thread has given up meanwhile."""
        with self.guard:
            self.answer = answer
            self.done.set()
            return not self.late

    def give_up(self) -> bool:
        """False when the answer has arrived meanwhile."""
        with self.guard:
            self.late = not self.done.is_set()
            return self.late


class Conversation:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        # Twice the server's threads: half of them may be stuck in slow handlers while the rest goes on.
        self._threads = ThreadPoolExecutor(2 * runtime.settings.web_threads, thread_name_prefix="talk")

    def answer(self, account: Account, push: Push, number: str) -> bytes:
        """The rendered reply, or empty for nothing. Never raises, never takes longer than `answer_seconds`."""
        wait = self._runtime.settings.answer_seconds
        turn = Turn(account, push, number, clock.monotonic() + wait)
        self._threads.submit(self._work, turn)
        if not turn.done.wait(wait) and turn.give_up():
            return self._too_slow(turn)
        return turn.answer

    def _work(self, turn: Turn) -> None:
        try:
            answer = self._answer_once(turn)
            if not turn.finish(answer.rendered):
                self._send_later(turn, answer.reply)
        except Exception:
            log.exception("talk.broken", request_id=turn.number)
            turn.finish(_render(TextReply(phrases.BUSY), turn))
        finally:
            if not database.is_closed():
                database.close()

    def _answer_once(self, turn: Turn) -> "Outcome":
        claims = self._runtime.claims
        standing = claims.claim(turn.key, turn.deadline, _note(turn))
        if not standing.mine:
            return Outcome(standing.answer or b"")
        outcome = self._route(turn)
        if not turn.late:
            claims.answer(turn.key, outcome.rendered)
        return outcome

    def _route(self, turn: Turn) -> "Outcome":
        route = route_of(turn.message)
        talk = Talk(self._runtime, turn.account, turn.message, self._meet(turn))
        try:
            return self._run(route, talk, turn)
        except HouseError as error:
            log.warning("talk.refused", request_id=turn.number, code=error.code)
            return _outcome(TextReply(error.sentence), turn)
        except Exception:
            log.exception("talk.failed", request_id=turn.number, kind=type(turn.message).__name__)
            return self._rescue(route, talk, turn)

    def _run(self, route: Route, talk: Talk, turn: Turn) -> "Outcome":
        if not route.writes:
            return _outcome(route.answer(talk), turn)
        said: list[Reply | None] = []

        def work() -> bytes:
            said[:] = [route.answer(talk)]
            return _outcome(said[0], turn).rendered

        rendered = receipts.once(turn.key, self._runtime.cipher, work)
        return Outcome(rendered, said[0] if said else None)

    def _rescue(self, route: Route, talk: Talk, turn: Turn) -> "Outcome":
        if route.rescue is not None:
            return _outcome(route.rescue(talk), turn)
        if route.silent:
            return Outcome(b"")
        return _outcome(TextReply(phrases.FAILED.format(number=turn.number[:8])), turn)

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
        if route_of(turn.message).silent:
            return b""
        answer = _render(TextReply(phrases.WORKING), turn)
        self._runtime.claims.answer(turn.key, answer)
        return answer

    def _send_later(self, turn: Turn, reply: Reply | None) -> None:
        if isinstance(reply, TextReply):
            payload = {"app_id": turn.account.app_id, "openid": turn.message.openid, "words": reply.content}
            self._runtime.queue.put("say", payload)


@dataclass(frozen=True)
class Outcome:
    """`reply` is known to the thread that worked it out; a repetition has only the rendered bytes."""

    rendered: bytes
    reply: Reply | None = None


def _outcome(reply: Reply | None, turn: Turn) -> Outcome:
    return Outcome(_render(reply, turn) if reply is not None else b"", reply)


def _render(reply: Reply, turn: Turn) -> bytes:
    return replies.render(reply, turn.message, int(clock.timestamp()), turn.push.form)


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
