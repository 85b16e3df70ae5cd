"""One batch of messages under way: how many are in flight, what each answer means for it and for the rest."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic

import structlog

from backend import clock
from backend.wechat.answers import Answer, document
from backend.wechat.caller import CALLS, Caller, outcome_of
from backend.wechat.failures import (
    Closed,
    CredentialRefused,
    FailureKind,
    GatewayError,
    Interrupted,
    NoAnswer,
    Refused,
)
from backend.wechat.retries import wait_before
from backend.wechat.sending.lines import Heard, Lines
from backend.wechat.sending.lineup import Lineup, Post
from backend.wechat.sending.pace import Pace
from backend.wechat.sending.rates import Rate
from backend.wechat.sending.sends import Item, Limits, Outcome

TICK = 0.1
"""Seconds after which a stop, an opened circuit or a new permit is noticed at the latest."""

_ENDS_ALL = (FailureKind.QUOTA, FailureKind.FATAL)
log = structlog.get_logger()


class Batch(Generic[Item]):
    """Iterate over it: outcomes in the order of completion. Items are drawn as there is room for them, not before.

    An item that was drawn always has an outcome. Those that were not: `halted` says why, a refusal that holds for all
    or an interface that is closed; or `stop` was called.
    """

    def __init__(
        self,
        items: Iterable[Item | None],
        caller: Caller,
        lines: Lines[Post[Item]],
        base_url: str,
        limits: Limits,
        may_send: Callable[[], bool],
    ) -> None:
        self._caller, self._lines, self._base, self._limits = caller, lines, base_url, limits
        self._may_send = may_send
        self._lineup, self._pace = Lineup(items), Pace(limits.in_flight)
        self._rates: dict[str, Rate] = {}
        self._token, self._generation, self._urls = "", 0, dict[str, str]()
        self._tally = Counter[tuple[str, str]]()
        self._closed_since: float | None = None
        self._stop = threading.Event()
        self.halted: GatewayError | None = None

    def stop(self) -> None:
        """From any thread. Nothing new is sent; what is in flight is waited for."""
        self._stop.set()

    def __iter__(self) -> Iterator[Outcome[Item]]:
        try:
            while self._goes_on():
                for heard in self._lines.wait(self._lineup.seconds_to_next(TICK)):
                    yield from self._settle(heard)
            for post in self._lineup.left():
                yield self._failed(post, Interrupted(post.item.path, False))
        finally:
            self._lines.abandon()
            self._count()

    def _count(self) -> None:
        """At the end: a counter of the library for each message would cost a tenth of it."""
        for labels, number in self._tally.items():
            CALLS.labels(*labels).inc(number)
        self._tally.clear()

    @property
    def _ending(self) -> bool:
        return self.halted is not None or self._stop.is_set()

    def _goes_on(self) -> bool:
        """Sends what may be sent now. False when all is done, or nothing more will be."""
        if not self._ending:
            self._fill()
        return bool(len(self._lines) or (self._lineup and not self._ending))

    def _fill(self) -> None:
        while len(self._lines) < self._pace.limit and (post := self._lineup.next()):
            if not self._try(post):
                self._lineup.first(post)
                return

    def _try(self, post: Post[Item]) -> bool:
        """False when it may not go now."""
        try:
            return self._send(post)
        except Closed as closed:
            self._wait_or_halt(closed)
        except GatewayError as error:  # there is no token to be had
            self._caller.circuits.note_failure(error.path, error)
            self._halt(error)
        return False

    def _send(self, post: Post[Item]) -> bool:
        if not self._may_send():
            self.stop()
            return False
        path, rate = post.item.path, self._rate(post.item.path)
        paced = not post.item.urgent
        if paced and not rate.take():  # first: whoever is let through a circuit that has just opened must really go
            return False
        try:
            self._caller.circuits.require_open(path)
            url = self._url(path)
        except GatewayError:
            if paced:
                rate.give_back()
            raise
        self._lines.post(url, post.body, post)
        self._closed_since = None
        post.generation = self._generation
        post.tries += 1
        return True

    def _rate(self, path: str) -> Rate:
        if path not in self._rates:
            self._rates[path] = Rate(self._caller.app_id, path, self._limits.per_second, self._caller.kv)
        return self._rates[path]

    def _url(self, path: str) -> str:
        if not self._token:
            self._token = self._caller.tokens.current()
        if path not in self._urls:
            self._urls[path] = f"{self._base}{path}?access_token={self._token}"
        return self._urls[path]

    def _wait_or_halt(self, closed: Closed) -> None:
        """A short closure is waited for; one until midnight ends the batch."""
        if self._closed_since is None:
            self._closed_since = clock.monotonic()
        left = self._limits.waits_for - (clock.monotonic() - self._closed_since)
        if closed.until - clock.timestamp() > left or left <= 0:
            self._halt(closed)

    def _halt(self, error: GatewayError) -> None:
        if self.halted is None:
            self.halted = error
            log.warning("batch.halted", app_id=self._caller.app_id, interface=error.path, reason=str(error))

    def _settle(self, heard: Heard[Post[Item]]) -> Iterator[Outcome[Item]]:
        post, path = heard.tag, heard.tag.item.path
        try:
            answer = _read(path, heard)
        except GatewayError as error:
            self._tally[path, outcome_of(error)] += 1
            if not self._again(post, error):
                self._lineup.release(post.item.openid)
                yield self._failed(post, error)
            return
        self._tally[path, "ok"] += 1
        self._caller.circuits.note_success(path)
        self._pace.went_well()
        self._lineup.release(post.item.openid)
        yield Outcome(post.item, None, _msgid(answer), post.tries)

    def _again(self, post: Post[Item], error: GatewayError) -> bool:
        """Whether it will be tried again."""
        if isinstance(error, CredentialRefused):
            return self._with_another_token(post, error)
        post.maybe_sent = post.maybe_sent or error.sent
        self._caller.circuits.note_failure(post.item.path, error)
        if isinstance(error, Refused) and error.kind in _ENDS_ALL:
            self._halt(error)
        elif isinstance(error, NoAnswer) or (isinstance(error, Refused) and error.kind is FailureKind.BUSY):
            self._pace.went_badly()
        wait = wait_before(error, post.tries, post.may_repeat(), clock.timestamp(), random.random())  # noqa: S311
        if wait is None or wait > self._limits.waits_for or self._ending:
            return False
        self._lineup.again(post, wait)
        return True

    def _with_another_token(self, post: Post[Item], error: CredentialRefused) -> bool:
        """One refresh for all that came back with the same token; then one of them tries, the others wait for it."""
        post.refusals += 1
        if post.refusals > 1:
            self._caller.circuits.note_failure(post.item.path, error)
            self._halt(error)
        if self._ending or (post.generation == self._generation and not self._renew()):
            return False
        self._lineup.again(post)
        return True

    def _renew(self) -> bool:
        """Counted, not compared: the platform may hand out the token again that it refuses."""
        self._generation += 1
        self._pace.probe()
        self._urls.clear()
        try:
            self._token = self._caller.tokens.after_refusal(self._token)
        except GatewayError as error:
            self._caller.circuits.note_failure(error.path, error)
            self._halt(error)
        return self.halted is None

    def _failed(self, post: Post[Item], error: GatewayError) -> Outcome[Item]:
        error.sent = error.sent or post.maybe_sent
        return Outcome(post.item, error, "", post.tries)


def _read(path: str, heard: Heard[Post[Item]]) -> Answer:
    if not heard.status:
        raise NoAnswer(path, heard.sent, heard.reason)
    if heard.status != 200:
        raise NoAnswer(path, True, f"HTTP {heard.status}")
    return document(path, heard.data)


def _msgid(answer: Answer) -> str:
    """Some kinds have none. An odd one does not undo that the message was accepted."""
    try:
        return answer.text("msgid", "")
    except NoAnswer:
        return ""
