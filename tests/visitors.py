"""A person at the mini-program: codes of her phone from the simulator, and the house's API over real HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from tests.simulated import Json, Platform

_HTTP = urllib3.PoolManager(retries=False, maxsize=128)


@dataclass(frozen=True)
class Said:
    """An answer of the API."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str]

    @property
    def json(self) -> Json:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def sentence(self) -> str:
        return str(self.json["detail"])


@dataclass
class Visitor:
    """One person at a mini-program (or at a page of the account) of a platform. `api`: where the house listens;
    `address`: where she calls from, as a proxy tells it."""

    platform: Platform
    app_id: str
    api: str
    pid: str = "p1"
    token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    address: str = ""
    device: str = "Mozilla/5.0 (Linux; Android 15) MicroMessenger"

    def login_code(self) -> str:
        return str(self._act("login")["code"])

    def phone_code(self) -> str:
        """Of the phone-number button."""
        return str(self._act("phone-number")["code"])

    def open_link(self, text: str) -> Json:
        """What a link or code opens: the mini-program's page, and its query."""
        target: Json = self._act("scan", text=text)["open_miniprogram"]
        return target

    def sign_in(self, code: str = "") -> Said:
        said = self.call("POST", "/session", {"app_id": self.app_id, "code": code or self.login_code()})
        self._keep(said)
        return said

    def refresh(self) -> Said:
        said = self.call("POST", "/session/refresh", {"refresh_token": self.refresh_token})
        self._keep(said)
        return said

    def _keep(self, said: Said) -> None:
        if said.status == 200:
            self.token, self.refresh_token = said.json["token"], said.json["refresh_token"]

    def call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Said:
        """An answer of whatever status. `path` stands behind /api/v1, `key` is an Idempotency-Key."""
        headers = {"User-Agent": self.device}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"X-Forwarded-For": self.address} if self.address else {}
        address = f"{self.api}/api/v1{path}"
        answer = _HTTP.request(method, address, json=body, headers=headers, timeout=30)
        return Said(answer.status, answer.data, answer.headers)

    def ask(self, method: str, path: str, body: Json | None = None, status: int = 200, key: str = "") -> Json:
        """The answer's JSON; fails the test when the status is another."""
        said = self.call(method, path, body, key)
        assert said.status == status, said.body.decode()
        return said.json

    def refused(self, method: str, path: str, body: Json | None = None) -> tuple[int, str]:
        """Status and code of a refusal that says a sentence."""
        said = self.call(method, path, body)
        assert said.sentence.endswith("。"), said.sentence
        return said.status, str(said.json["code"])

    def form(self, name: str = "陈秀兰", **more: Any) -> Json:
        """What she fills in to register: the texts of today, a fresh phone code, a community of the street."""
        texts = self.ask("GET", "/consents")["items"]
        agreed = [{"purpose": each["purpose"], "version": each["version"]} for each in texts]
        form = {"name": name, "place": {"code": "990101"}, "fourteen": True, "consents": agreed}
        return form | ({} if "phone" in more else {"phone": {"code": self.phone_code()}}) | more

    def register(self, name: str = "陈秀兰", **more: Any) -> Json:
        return self.ask("POST", "/me", self.form(name, **more), status=201)

    def openid(self) -> str:
        return str(self.platform.ask("GET", self._path)["openid"])

    def _act(self, verb: str, **body: Any) -> Json:
        return self.platform.ask("POST", f"{self._path}/{verb}", body)

    @property
    def _path(self) -> str:
        return f"people/{self.pid}/chats/{self.app_id}"
