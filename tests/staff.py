"""Staff at their desks, for tests: accounts with grants, and browsers that are signed in through the real pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend import clock
from backend.permissions import EVERYWHERE, Actor
from backend.runtime import Runtime
from backend.staff import actions, grants, queries
from backend.staff.actions import NewStaff
from models.places import Place, PlaceLevel
from models.staff import Role, Staff

PASSWORD = "correct horse battery staple"
_CSRF = re.compile(r'name="csrf" (?:value|content)="([^"]+)"')
Grants = Sequence[tuple[Role, str]]


def place(code: str, level: PlaceLevel = PlaceLevel.COMMUNITY, parent: int | None = None, name: str = "") -> int:
    """The place with this code, made when it is missing."""
    known = Place.get_or_none(Place.code == code)
    if known is not None:
        return int(known.id)
    row = {"code": code, "name": name or f"地方{code}", "level": level, "parent": parent, "changed_at": clock.now()}
    place_id: int = Place.insert(row).execute()
    return place_id


def account(runtime: Runtime, login: str, *held: tuple[Role, str], until: datetime | None = None) -> int:
    """An account that is not set up yet, with these grants; the id."""
    (role, where), *more = held or ((Role.CLERK, EVERYWHERE),)
    told = NewStaff(login, f"{login} 同志", "慢城街道办事处", role, where, until)
    staff_id = actions.add(runtime.audit, None, told).staff_id
    for role, where in more:
        grants.give(None, staff_id, role, where, until)
    return staff_id


def actor(runtime: Runtime, *held: tuple[Role, str], login: str = "zhang.min") -> Actor:
    """Somebody with these grants, as she comes to work."""
    known = queries.by_login(login)
    staff_id = known.id if known else account(runtime, login, *held)
    return queries.actor(Staff.get_by_id(staff_id), "127.0.0.1")


def set_up(runtime: Runtime, staff_id: int) -> str:
    """Answers the secret of her authenticator."""
    token, secret = actions.new_link(runtime.audit, None, staff_id).token, pyotp.random_base32()
    runtime.credentials.set_up(token, PASSWORD, secret, code_of(secret))
    next_code(staff_id)
    return secret


def code_of(secret: str) -> str:
    """What her authenticator shows: good for this half minute and the next, as the drift of clocks is allowed for."""
    return pyotp.TOTP(secret).at(clock.now())


def next_code(staff_id: int) -> None:
    """As if half a minute had passed since she typed one: what the authenticator shows is good again."""
    Staff.update(totp_step=0).where(Staff.id == staff_id).execute()


@dataclass
class Browser:
    """A client of the console that sends the token of the page it saw last, as a browser would with its forms."""

    client: FlaskClient
    csrf: str = field(default="", repr=False)

    def get(self, path: str, **sent: Any) -> TestResponse:
        return self._seen(self.client.get(path, **sent))

    def post(self, path: str, data: dict[str, Any] | None = None, **sent: Any) -> TestResponse:
        return self._seen(self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **sent))

    def follow(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """A POST, and the page it leads to."""
        answer = self.post(path, data)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def _seen(self, answer: TestResponse) -> TestResponse:
        found = _CSRF.search(answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.csrf = found.group(1)
        return answer


def visitor(app: Flask) -> Browser:
    """Nobody is signed in."""
    return Browser(app.test_client())


def sign_in(app: Flask, login: str, secret: str, password: str = PASSWORD) -> Browser:
    browser = visitor(app)
    browser.get("/console/sign-in")
    answer = browser.post("/console/sign-in", {"login": login, "password": password})
    assert answer.status_code == 303, answer.text
    browser.get("/console/sign-in/code")
    answer = browser.post("/console/sign-in/code", {"code": code_of(secret)})
    assert answer.status_code == 303, answer.text
    browser.get("/console/account")
    return browser


def at_work(app: Flask, runtime: Runtime, *held: tuple[Role, str], login: str = "zhang.min") -> Browser:
    """Somebody with these grants, signed in."""
    staff_id = account(runtime, login, *held)
    return sign_in(app, login, set_up(runtime, staff_id))
