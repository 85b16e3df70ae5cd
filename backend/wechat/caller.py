"""One call to the platform, done properly: circuit, token, one repetition with a new token, retries by class."""

import random
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from prometheus_client import Counter

from backend import clock
from backend.storage.kv import KV
from backend.wechat.answers import Answer
from backend.wechat.circuits import Circuits
from backend.wechat.failures import CredentialRefused, GatewayError, Refused, VisitorTokenRefused
from backend.wechat.retries import Repeat, wait_before
from backend.wechat.tokens import Credential, Tokens
from backend.wechat.transport import Download, Transport, Upload

PATIENCE = 3.0
"""Seconds one call may take before it is not tried again: a hanging platform costs one time-out, not four."""

CALLS = Counter("tongxin_wechat_calls", "Calls of the platform's interfaces", ["interface", "outcome"])
Query = Mapping[str, str]
T = TypeVar("T")


class Caller:
    """What the calls of one account share. Thread-safe."""

    def __init__(self, credential: Credential, transport: Transport, kv: KV, patience: float = PATIENCE) -> None:
        self.app_id, self.kv = credential.app_id, kv
        self.circuits = Circuits(credential.app_id, kv)
        self.tokens = Tokens(credential, transport, kv, self.circuits)
        self._credential, self._transport, self._patience = credential, transport, patience

    def get(self, path: str, query: Query | None = None, repeat: Repeat = Repeat.ALWAYS) -> Answer:
        return self._call(path, repeat, self._with_token(lambda token: self._transport.get(path, token | _of(query))))

    def post(self, path: str, body: object, repeat: Repeat = Repeat.ALWAYS, query: Query | None = None) -> Answer:
        return self._call(
            path, repeat, self._with_token(lambda token: self._transport.post(path, token | _of(query), body))
        )

    def upload(self, path: str, query: Query, file: Upload, fields: Query | None = None) -> Answer:
        """Not repeated: a second copy would stay."""
        return self._call(
            path,
            Repeat.UNSENT,
            self._with_token(lambda token: self._transport.upload(path, token | _of(query), file, _of(fields))),
        )

    def download(self, path: str, query: Query | None = None, body: object = None) -> Download:
        """Bytes; with a body it is asked for by POST."""
        return self._call(
            path,
            Repeat.ALWAYS,
            self._with_token(lambda token: self._transport.download(path, token | _of(query), body)),
        )

    def with_secret(self, path: str, query: Query) -> Answer:
        """The interfaces that ask for the app's secret in place of a token. What they take is good only once."""
        whole = {"appid": self._credential.app_id, "secret": self._credential.app_secret, **query}
        return self._call(path, Repeat.UNSENT, lambda: self._transport.get(path, whole))

    def post_secret(self, path: str) -> Answer:
        """The one interface that takes the secret in a body, under a name of its own."""
        body = {"appid": self._credential.app_id, "appsecret": self._credential.app_secret}
        return self._call(path, Repeat.UNSENT, lambda: self._transport.post(path, {}, body))

    def for_visitor(self, path: str, query: Query) -> Answer:
        """The interfaces that take a visitor's token in place of ours. Raises VisitorTokenRefused."""

        def exchange() -> Answer:
            try:
                return self._transport.get(path, dict(query))
            except CredentialRefused as error:
                raise VisitorTokenRefused(path, False, error.errcode, error.errmsg, error.answer) from None

        return self._call(path, Repeat.ALWAYS, exchange)

    def _call(self, path: str, repeat: Repeat, exchange: Callable[[], T]) -> T:
        began, tries, maybe = clock.monotonic(), 0, False
        while True:
            try:
                return self._once(path, exchange)
            except GatewayError as error:
                tries += 1
                maybe = error.sent = error.sent or maybe
                wait = wait_before(error, tries, repeat, clock.timestamp(), random.random())  # noqa: S311 - jitter
                if wait is None or clock.monotonic() - began + wait > self._patience:
                    raise
                time.sleep(wait)

    def _once(self, path: str, exchange: Callable[[], T]) -> T:
        try:
            self.circuits.require_open(path)
            answer = exchange()
        except GatewayError as error:
            CALLS.labels(path, outcome_of(error)).inc()
            self.circuits.note_failure(error.path, error)
            raise
        CALLS.labels(path, "ok").inc()
        self.circuits.note_success(path)
        return answer

    def _with_token(self, call: Callable[[dict[str, str]], T]) -> Callable[[], T]:
        """One repetition with another token, never a second: 40001 for ever must not become a thousand calls."""

        def exchange() -> T:
            token = self.tokens.current()
            try:
                return call({"access_token": token})
            except CredentialRefused:
                return call({"access_token": self.tokens.after_refusal(token)})

        return exchange


def outcome_of(error: GatewayError) -> str:
    """The label of the metric."""
    return error.kind.value if isinstance(error, Refused) else type(error).__name__.lower()


def _of(query: Query | None) -> dict[str, str]:
    return dict(query) if query else {}
