"""One access token for all processes: cached in the key-value store, fetched by one refresher at a time.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
"""

import json
from dataclasses import dataclass, field

from backend import clock
from backend.storage.kv import KV, Lease
from backend.wechat.circuits import Circuits
from backend.wechat.failures import GatewayError, NoAnswer
from backend.wechat.transport import Transport

PATH = "/cgi-bin/stable_token"
REFRESH_BEFORE = 300.0
"""The platform renews five minutes before the end, and the old token still works meanwhile."""

_LEASE, _WAIT = 12.0, 11.0


@dataclass(frozen=True)
class Credential:
    app_id: str
    app_secret: str = field(repr=False)


class Tokens:
    """`stable_token` in its normal mode hands every caller the same token: asking twice is harmless, only slow."""

    def __init__(self, credential: Credential, transport: Transport, kv: KV, circuits: Circuits | None = None) -> None:
        self._credential, self._transport, self._kv = credential, transport, kv
        self._circuits = circuits or Circuits(credential.app_id, kv)
        self._key = f"token:{credential.app_id}"

    def current(self) -> str:
        return self._cached(refused="") or self._refresh(refused="")

    def after_refusal(self, refused: str) -> str:
        """The platform refused this token: whatever another process has fetched since, or a new one."""
        return self._cached(refused) or self._refresh(refused)

    def _cached(self, refused: str) -> str:
        stored = self._kv.get(self._key)
        if stored is None:
            return ""
        kept = json.loads(stored)
        usable = kept["token"] != refused and clock.timestamp() < kept["until"]
        return str(kept["token"]) if usable else ""

    def _refresh(self, refused: str) -> str:
        lease = Lease(self._kv, self._key, _LEASE)
        if not lease.take(_WAIT):
            raise NoAnswer(PATH, False, "another process is refreshing")
        try:
            return self._cached(refused) or self._fetch()
        finally:
            lease.release()

    def force(self) -> str:
        """A new token; every earlier one dies at once. For a leak, twice with 30 s between; 20 a day."""
        return self._fetch(force_refresh=True)

    def _fetch(self, **more: object) -> str:
        body = {
            "grant_type": "client_credential",
            "appid": self._credential.app_id,
            "secret": self._credential.app_secret,
            **more,
        }
        self._circuits.require_open(PATH)
        try:
            answer = self._transport.post(PATH, {}, body)
            life = max(60.0, _seconds(answer["expires_in"]) - REFRESH_BEFORE)
            kept = {"token": str(answer["access_token"]), "until": clock.timestamp() + life}
        except GatewayError as error:
            error.sent = False  # what the token was wanted for has not been called
            raise
        self._circuits.note_success(PATH)
        self._kv.put(self._key, json.dumps(kept).encode(), life)
        return str(kept["token"])


def _seconds(given: object) -> float:
    try:
        return float(str(given))
    except ValueError:
        raise NoAnswer(PATH, False, "the life of the token is not a number") from None
