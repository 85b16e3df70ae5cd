"""Whose call it is: tokens that are no good, sessions of one's own, and how often somebody may sign in."""

import re
from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.sessions import actions as sessions
from backend.sessions import rules
from backend.sessions.actions import ENDED
from models.base import Table
from models.members import Member
from models.registry import TABLES
from models.sessions import Session
from tests import people
from tests.callers import Caller
from tests.served import House

GARBAGE = ["x", "", "Bearer", "z" * 43, "é" * 43, "a" * 5000, "' OR 1=1 --"]


def _locked(house: House) -> list[tuple[str, str]]:
    """Method and path of every operation that needs somebody signed in, with something in its placeholders."""
    paths: dict[str, dict[str, Any]] = house.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    operations = [(method, path, one) for path, each in paths.items() for method, one in each.items()]
    filled = [(method.upper(), path.removeprefix("/api/v1"), one) for method, path, one in operations]
    found = [(method, _filled(path)) for method, path, one in filled if one.get("security")]
    assert len(found) > 20
    return found


def _filled(path: str) -> str:
    return re.sub(r"{purpose}", "notices", re.sub(r"{id}", "1", path))


def _counts() -> dict[type[Table], int]:
    return {table: table.select().count() for table in TABLES}


def test_nobody_without_a_good_token_is_let_in_anywhere(api: House, stranger: Caller) -> None:
    before = _counts()
    for method, path in _locked(api):
        body: Any = {} if method in ("GET", "DELETE") else {"json": {}}
        asked = stranger.call(method, path, **body)
        assert asked.status_code in (401, 422), (method, path)
        if asked.status_code == 401:
            assert stranger.refused(method, path, **body) == (401, "sign_in_needed", "请先登录。")
    assert _counts() == before


@pytest.mark.parametrize("token", GARBAGE)
def test_a_token_that_is_none_is_refused_with_a_sentence(api: House, token: str) -> None:
    asked = Caller(api.app.test_client(), token)
    sentence = ENDED if token else "请先登录。"
    assert asked.refused("GET", "/me") == (401, "sign_in_needed", sentence)


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer x"])
def test_another_scheme_is_no_sign_in(api: House, member: Caller, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {member.token}"}
    assert api.app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_token_past_its_time_is_refused_and_its_session_is_refreshed(api: House, official: Account) -> None:
    tokens = sessions.begin(people.identity(official), "安卓手机")
    asked = Caller(api.app.test_client(), tokens.token)
    asked.ask("GET", "/sessions")
    Session.update(expires_at=clock.ago(seconds=1)).execute()
    assert asked.refused("GET", "/sessions") == (401, "sign_in_needed", ENDED)
    told = asked.ask("POST", "/session/refresh", json={"refresh_token": tokens.refresh_token})
    assert told.keys() == {"token", "refresh_token", "expires_at", "ends_at"}
    assert told["expires_at"].endswith("+08:00")
    Caller(asked.client, told["token"]).ask("GET", "/sessions")


def test_a_session_nobody_used_for_a_month_is_over(api: House, official: Account) -> None:
    tokens = sessions.begin(people.identity(official), "安卓手机")
    Session.update(expires_at=clock.ago(days=30), ends_at=clock.ago(seconds=1)).execute()
    asked = Caller(api.app.test_client(), tokens.token)
    sent = {"refresh_token": tokens.refresh_token}
    assert asked.refused("POST", "/session/refresh", json=sent) == (401, "session_ended", ENDED)
    assert asked.refused("GET", "/sessions")[0] == 401


@pytest.mark.parametrize("token", GARBAGE[:5])
def test_a_refresh_token_that_is_none_is_refused(stranger: Caller, token: str) -> None:
    asked = stranger.call("POST", "/session/refresh", json={"refresh_token": token})
    assert asked.status_code == (401 if len(token) <= 64 else 422)


def test_sessions_are_listed_with_what_a_phone_is_recognised_by_and_no_secret(member: Caller) -> None:
    [only] = member.ask("GET", "/sessions")["items"]
    assert only.keys() == {"id", "device", "account", "created_at", "seen_at", "ends_at", "current"}
    assert (only["device"], only["account"], only["current"]) == ("安卓手机", "慢城街道", True)


def test_the_session_of_another_person_is_not_there(member: Caller, other: Caller) -> None:
    [hers] = other.ask("GET", "/sessions")["items"]
    refused = member.refused("DELETE", f"/sessions/{hers['id']}")
    assert refused == (404, "session_unknown", "没有这个登录，可能已经退出了。")
    assert member.ask("DELETE", "/sessions")["detail"] == "没有其他设备登录着。"
    other.ask("GET", "/me")


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**31), str(2**70)])
def test_what_is_no_number_of_a_session_is_refused(member: Caller, number: str) -> None:
    assert member.call("DELETE", f"/sessions/{number}").status_code in (404, 422)


def test_who_signs_out_may_repeat_it_and_is_signed_out(member: Caller) -> None:
    assert member.ask("DELETE", "/session", key="k") == {"detail": "已退出登录。", "number": None}
    assert member.refused("GET", "/me") == (401, "sign_in_needed", ENDED)


def test_a_session_in_use_is_marked_once_an_hour_and_a_member_once_a_day(member: Caller) -> None:
    long_ago = clock.now() - rules.SEEN_EVERY - timedelta(days=1)
    Session.update(seen_at=long_ago).execute()
    Member.update(seen_at=long_ago).execute()
    member.ask("GET", "/me")
    assert Session.get().seen_at > clock.ago(minutes=1)
    assert Member.get().seen_at == clock.start_of_day(clock.now())


def test_an_address_that_signs_in_too_often_is_told_when_to_come_back(
    light_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "timestamp", lambda: 1_800_000_015.0)  # all in one minute
    asked, sent = Caller(light_api.app.test_client(), ""), {"refresh_token": "x"}
    assert {asked.call("POST", "/session/refresh", json=sent).status_code for _ in range(300)} == {401}
    answer = asked.call("POST", "/session/refresh", json=sent)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "45")
    assert answer.get_json(force=True)["detail"] == "操作太频繁了，请 45 秒后再试。"
    asked.ask("GET", "/choices")


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"code": "y"}, "app_id"), ({"app_id": "x"}, "code"), ({"app_id": "x", "code": "y", "openid": "oMine"}, "openid")],
)
def test_what_is_missing_or_unknown_in_a_sign_in_is_named(light_api: House, sent: dict[str, str], field: str) -> None:
    told = Caller(light_api.app.test_client(), "").ask("POST", "/session", 422, json=sent)
    assert (told["code"], [fault["field"] for fault in told["errors"]]) == ("invalid_input", [field])
