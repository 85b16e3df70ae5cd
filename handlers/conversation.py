"""From a typed message to the answer, inside the five seconds whatever happens.

The work runs on a thread of its own. When it is not done in time the person gets a sentence at once, and what
the handler says later comes to her as a customer-service message through the queue.
"""

import threading
from queue import SimpleQueue

import structlog

from backend import clock
from backend.accounts.queries import Account
from backend.errors import HouseError
from backend.followers import actions as followers
from backend.followers import answers
from backend.followers.queries import Follower
from backend.outbox.messages import Message
from backend.receipts import actions as receipts
from backend.runtime import Runtime
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.inbound import Push
from backend.wechat.pushes.replies import Reply, TextReply
from handlers import phrases
from handlers.table import Care, route_of
from handlers.talk import Talk, heard_of, ref_of
from handlers.turns import Outcome, Turn, note_of
from models.base import database

log = structlog.get_logger()


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
        """A sentence that is there already, and stores that are files here: these are spared the second thread."""
        return not (self._local and turn.instant)

    def _serve(self) -> None:
        while True:
            turn = self._waiting.get()
            self._work(turn)
            turn.bell.release()

    def _work(self, turn: Turn) -> None:
        try:
            outcome = self._answer_once(turn)
            if not turn.finish(outcome.rendered) or turn.by_api:
                self._send_later(turn, outcome.reply)
        except Exception:
            log.exception("talk.broken", request_id=turn.number)
            turn.finish(turn.says(phrases.BUSY).rendered)
        finally:
            if not database.is_closed():
                database.close()

    def _answer_once(self, turn: Turn) -> Outcome:
        claims = self._runtime.claims
        if turn.instant:
            outcome = self._try(turn)
            return Outcome(claims.settle(turn.key, outcome.rendered, note_of(turn)), outcome.reply)
        standing = claims.claim(turn.key, turn.deadline, note_of(turn))
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
        if turn.route.care is not Care.WRITE:
            return turn.rendered(turn.route.answer(talk))
        said: list[Outcome] = []

        def work() -> bytes:
            said[:] = [turn.rendered(turn.route.answer(talk))]
            return said[0].rendered

        rendered = receipts.once(turn.key, self._runtime.cipher, self._runtime.lookups, work)
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
            return followers.meet(turn.account.id, turn.message.openid)
        except Exception:
            log.exception("talk.follower_unknown", request_id=turn.number)
            return None

    def _too_slow(self, turn: Turn) -> bytes:
        log.warning("talk.slow", request_id=turn.number, kind=type(turn.message).__name__)
        answer = b"" if turn.route.silent else turn.says(phrases.WORKING).rendered
        self._runtime.claims.answer(turn.key, answer)
        return answer

    def _send_later(self, turn: Turn, reply: Reply | None) -> None:
        if not isinstance(reply, TextReply):
            return
        openid, ref = turn.message.openid, ref_of(self._runtime.lookups, turn.account, turn.message)
        heard, late = heard_of(turn.account, turn.message), Message(reply.content, account_id=turn.account.id)
        try:
            answers.say(self._runtime.outbox, turn.account.id, openid, ref, heard, late=late)
        except Exception:
            log.exception("talk.not_put", request_id=turn.number)
            told = {"account_id": turn.account.id, "openid": openid, "ref": ref, "words": reply.content}
            self._runtime.queue.put("say", {**told, "heard": heard and heard.pack().decode()})
