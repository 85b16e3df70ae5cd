"""The controls: state, clock, settings, reset, the journal, the events, unknown paths."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from tests.simulator.backend import answering
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, SECRET, Driver, Receiver, Reply


def test_the_state_names_accounts_people_and_places(simulator: Driver) -> None:
    state = simulator.get("/simulator/state").data
    assert [(one["kind"], one["format"]) for one in state["accounts"]] == [
        ("official", "xml"),
        ("miniprogram", "json"),
    ]
    assert len(state["spots"]) == 3
    assert state["accounts"][0]["menu"] is None
    assert SECRET not in json.dumps(state)


def test_the_clock_moves_on_and_back(simulator: Driver) -> None:
    before = simulator.get("/simulator/clock").data
    after = simulator.post("/simulator/clock", {"advance": 3600}).data
    assert (before["offset"], after["offset"]) == (0, 3600)
    assert after["now"] > before["now"]
    assert after["now"].endswith("+08:00")
    assert simulator.post("/simulator/clock", {"reset": True}).data["offset"] == 0


@pytest.mark.parametrize("body", [{}, {"advance": -1}, {"advance": "x"}, {"advance": 1e300}, b'{"advance":NaN}'])
def test_the_clock_refuses_what_is_no_step_forward(simulator: Driver, body: object) -> None:
    assert simulator.post("/simulator/clock", body).status == 400
    assert simulator.get("/simulator/clock").data["offset"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"retries": 4},
        {"retries": [2]},
        {"push_timeout": 0},
        {"push_timeout": None},
        {"used_code_errcode": 1},
        b'{"push_timeout":NaN}',
    ],
)
def test_settings_outside_their_bounds_are_refused(simulator: Driver, body: object) -> None:
    before = simulator.get("/simulator/settings").data
    assert simulator.post("/simulator/settings", body).status == 400
    assert simulator.get("/simulator/settings").data == before


def test_a_reset_forgets_people_chats_and_tokens_but_no_menu(simulator: Driver) -> None:
    button = {"type": "click", "name": "帮助", "key": "HELP"}
    simulator.call("/cgi-bin/menu/create", {"button": [button]})
    added = simulator.post("/simulator/people", {"nickname": "周师傅"}).data
    simulator.follow()
    token = simulator.token()
    assert simulator.post("/simulator/reset").status == 200
    state = simulator.get("/simulator/state").data
    assert [one["id"] for one in state["people"]] == ["p1", "p2", "p3", "p4"]
    assert state["accounts"][0]["menu"] is not None
    assert simulator.messages() == []
    assert simulator.chat()["following"] is False
    assert simulator.get(f"/cgi-bin/getcallbackip?access_token={token}").errcode == 40001
    assert simulator.post("/simulator/people", {"nickname": "新人"}).data["id"] != added["id"]


def test_what_was_under_way_at_a_reset_is_never_heard_of_again(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(b"", 500)
    simulator.act("follow")
    simulator.post("/simulator/reset")
    time.sleep(1)
    assert simulator.messages() == []
    assert len(receiver.pushes) <= 1


def test_the_journal_shows_a_push_as_sent_and_as_meant(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="text", Content="欢迎")
    simulator.follow()
    (entry,) = simulator.get("/simulator/traffic").data["items"]
    assert (entry["kind"], entry["account"], entry["title"]) == ("push", "春风街道", "subscribe")
    assert (entry["status"], entry["outcome"], entry["attempt"]) == (200, "ok", 1)
    assert "<Encrypt>" in entry["request"]["raw"]
    assert "<![CDATA[subscribe]]>" in entry["request"]["plain"]
    assert "欢迎" in entry["response"]["plain"]
    assert "欢迎" not in entry["response"]["raw"]


def test_the_journal_counts_attempts_and_tells_time_outs(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(push_timeout=0.1)
    receiver.answer = lambda _: Reply(delay=0.2)
    simulator.follow()
    items = simulator.get("/simulator/traffic").data["items"]
    assert [(one["attempt"], one["outcome"], one["status"]) for one in items] == [
        (number, "timeout", None) for number in (1, 2, 3)
    ]


def test_the_journal_shortens_secrets_and_tokens(simulator: Driver) -> None:
    token = simulator.token()
    simulator.get(f"/cgi-bin/getcallbackip?access_token={token}")
    simulator.get(f"/cgi-bin/token?grant_type=client_credential&appid={OFFICIAL}&secret={SECRET}")
    code = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    query = f"appid={MINIPROGRAM}&secret={SECRET}&js_code={code}&grant_type=authorization_code"
    key = simulator.get(f"/sns/jscode2session?{query}").data["session_key"]
    text = json.dumps(simulator.get("/simulator/traffic").data)
    assert not [one for one in (token, SECRET, code, key) if one in text]
    assert f"{token[:4]}\\u2026{token[-4:]}" in text


def test_the_journal_names_the_errors(simulator: Driver) -> None:
    simulator.send_text("oNobody")
    entry = simulator.get("/simulator/traffic").data["items"][-1]
    assert (entry["title"], entry["outcome"]) == ("POST /cgi-bin/message/custom/send", "error")


def test_the_journal_is_paged_and_cleared(simulator: Driver) -> None:
    for _ in range(5):
        simulator.token()
    items = simulator.get("/simulator/traffic").data["items"]
    ids = [one["id"] for one in items]
    assert ids == sorted(ids)
    after = simulator.get(f"/simulator/traffic?after={ids[1]}&limit=2").data["items"]
    assert [one["id"] for one in after] == ids[2:4]
    assert [one["id"] for one in simulator.get("/simulator/traffic?limit=2").data["items"]] == ids[-2:]
    assert simulator.get("/simulator/traffic?after=x").status == 400
    simulator.delete("/simulator/traffic")
    assert simulator.get("/simulator/traffic").data["items"] == []


def test_the_journal_keeps_the_last_two_thousand(simulator: Driver) -> None:
    for _ in range(2_010):
        simulator.get("/cgi-bin/getcallbackip")
    items = simulator.get("/simulator/traffic?limit=5000").data["items"]
    assert (len(items), items[-1]["id"]) == (2_000, 2_010)


def events(simulator: Driver, seconds: float = 5.0) -> Iterator[tuple[str, Any]]:
    http = urllib3.PoolManager(timeout=seconds)
    response = http.request("GET", simulator.base + "/simulator/events", preload_content=False)
    try:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        name = ""
        for line in lines(response):
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))
            elif line == ": connected":
                yield "connected", None
    finally:
        response.close()
        http.clear()


def lines(response: urllib3.BaseHTTPResponse) -> Iterator[str]:
    rest = b""
    for chunk in response.stream(None):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)


def test_the_events_tell_a_chat_from_sending_to_answered(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="text", Content="欢迎")
    stream = events(simulator)
    assert next(stream)[0] == "connected"
    simulator.act("follow")
    chats = []
    for name, data in stream:
        if name == "chat":
            chats.append(data)
        if len(chats) == 3:
            break
    stream.close()  # type: ignore[attr-defined]
    assert [(one["message"]["by"], one["message"].get("state")) for one in chats] == [
        ("person", "sending"),
        ("account", None),
        ("person", "answered"),
    ]
    assert all(one["person"] == "p1" and one["app_id"] == OFFICIAL and one["following"] for one in chats)


def test_the_events_tell_traffic_and_changes_of_the_state(simulator: Driver) -> None:
    stream = events(simulator)
    next(stream)
    simulator.token()
    assert next(stream)[1]["title"] == "POST /cgi-bin/stable_token"
    simulator.post("/simulator/people", {"nickname": "周师傅"})
    assert next(stream) == ("state", {})
    stream.close()  # type: ignore[attr-defined]


def test_the_events_tell_typing_without_a_message(simulator: Driver) -> None:
    simulator.follow()
    token, openid = simulator.token(), simulator.openid()
    stream = events(simulator)
    next(stream)
    body = {"touser": openid, "command": "Typing"}
    simulator.post(f"/cgi-bin/message/custom/typing?access_token={token}", body)
    chat = next(data for name, data in stream if name == "chat")
    stream.close()  # type: ignore[attr-defined]
    assert (chat["message"], chat["typing"]) == (None, True)


def test_a_flood_of_calls_does_not_hide_a_chat_message(simulator: Driver) -> None:
    stream = events(simulator)
    next(stream)
    for _ in range(500):
        simulator.get("/cgi-bin/getcallbackip")
    simulator.act("follow")
    end = time.monotonic() + 5
    assert any(name == "chat" for name, _ in stream if time.monotonic() < end)
    stream.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/cgi-bin/nothing", "/sns/nothing", "/wxa/nothing", "/cgi-bin/menu"])
def test_an_unknown_interface_is_a_404_with_an_errcode(simulator: Driver, path: str) -> None:
    answer = simulator.get(path)
    assert (answer.status, answer.errcode) == (404, 40066)
    entry = simulator.get("/simulator/traffic").data["items"][-1]
    assert (entry["title"], entry["status"], entry["outcome"]) == (f"GET {path}", 404, "error")


def test_the_platforms_addresses_are_listed(simulator: Driver) -> None:
    assert simulator.ask("/cgi-bin/getcallbackip").data == {"ip_list": ["127.0.0.1"]}
    assert simulator.ask("/cgi-bin/get_api_domain_ip").data["ip_list"]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"action": "all", "check_operator": "DEFAULT"}, None),
        ({"action": "none", "check_operator": "DEFAULT"}, 40202),
        ({"action": "dns", "check_operator": "NONE"}, 40203),
    ],
)
def test_the_callback_check_names_what_is_wrong(simulator: Driver, body: dict[str, str], errcode: int | None) -> None:
    answer = simulator.call("/cgi-bin/callback/check", body)
    assert answer.errcode == errcode
    if errcode is None:
        assert set(answer.data) == {"dns", "ping"}


def test_the_page_and_its_files_are_served(simulator: Driver) -> None:
    assert b"<html" in simulator.get("/").raw
    assert simulator.get("/simulator/media/none").status == 404
