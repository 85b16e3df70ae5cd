"""One access token for all processes: cached in the key-value store, fetched by one refresher at a time.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
"""

import json
import threading
from dataclasses import dataclass, field

import structlog

from backend import clock
from backend.storage.kv import KV, Lease, StoreAway
from backend.wechat.circuits import Circuits
from backend.wechat.failures import CredentialRefused, Fatal, GatewayError, NoAnswer, Refused
from backend.wechat.transport import Transport

PATH = "/cgi-bin/stable_token"
REFRESH_BEFORE = 300.0
"""The platform renews five minutes before the end, and the old token still works meanwhile."""

LONGEST = 7200
"""Seconds, as documented. A longer life would be a mistake, and stores cannot keep every number of them."""

_LEASE, _WAIT = 12.0, 11.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Credential:
    app_id: str
    app_secret: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    value: str = field(repr=False)
    until: float

    def serves(self, refused: str) -> bool:
        return self.value != refused and clock.timestamp() < self.until


NONE = Token("", 0.0)


class Tokens:
    """`stable_token` in its normal mode hands every caller the same token: asking twice is harmless, only slow.

    While the store is away each process therefore fetches for itself and keeps what it got.
    """

    def __init__(self, credential: Credential, transport: Transport, kv: KV, circuits: Circuits | None = None) -> None:
        self._credential, self._transport, self._kv = credential, transport, kv
        self._circuits = circuits or Circuits(credential.app_id, kv)
        self._key = f"token:{credential.app_id}"
        self._guard, self._own = threading.Lock(), NONE

    def current(self) -> str:
        return self.after_refusal("")

    def after_refusal(self, refused: str) -> str:
        """The platform refused this token: whatever another process has fetched since, or a new one."""
        try:
            return self._cached(refused) or self._refresh(refused)
        except StoreAway:
            return self._alone(refused)

    def force(self) -> str:
        """A new token; every earlier one dies at once. For a leak, twice with 30 s between; 20 a day."""
        return self._fetch(force_refresh=True).value

    def _cached(self, refused: str) -> str:
        token = _decode(self._kv.get(self._key))
        return token.value if token.serves(refused) else ""

    def _refresh(self, refused: str) -> str:
        lease = Lease(self._kv, self._key, _LEASE)
        if not lease.take(_WAIT):
            raise NoAnswer(PATH, False, "another process is refreshing")
        try:
            return self._cached(refused) or self._fetch().value
        finally:
            lease.release()

    def _alone(self, refused: str) -> str:
        with self._guard:
            return self._own.value if self._own.serves(refused) else self._fetch().value

    def _fetch(self, **more: object) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._credential.app_id,
            "secret": self._credential.app_secret,
            **more,
        }
        self._circuits.require_open(PATH)
        try:
            answer = self._transport.post(PATH, {}, body)
            life = max(60.0, min(answer.integer("expires_in"), LONGEST) - REFRESH_BEFORE)
            token = Token(answer.filled("access_token"), clock.timestamp() + life)
        except CredentialRefused as error:  # here it means the secret, and no repetition helps
            raise self._hopeless(Fatal(PATH, False, error.errcode, error.errmsg, error.answer)) from None
        except Fatal as error:
            raise self._hopeless(error) from None
        except GatewayError as error:
            error.sent = False  # what the token was wanted for has not been called
            raise
        self._circuits.note_success(PATH)
        self._keep(token, life)
        return token

    def _hopeless(self, error: Refused) -> Refused:
        self._circuits.pause_account(error)
        return error

    def _keep(self, token: Token, life: float) -> None:
        self._own = token
        try:
            self._kv.put(self._key, _encode(token), life)
        except StoreAway:
            log.warning("wechat.token_alone", app_id=self._credential.app_id)


def _encode(token: Token) -> bytes:
    return json.dumps({"token": token.value, "until": token.until}).encode()


def _decode(stored: bytes | None) -> Token:
    kept = json.loads(stored) if stored else {}
    return Token(kept["token"], kept["until"]) if kept else NONE
