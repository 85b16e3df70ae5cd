"""Faults on demand: each does what it says, where and as often as it was told."""

import time

import pytest
import urllib3

from tests.simulator.driver import Driver

SEND = "/cgi-bin/message/custom/send"


def fault(simulator: Driver, kind: str, path: str = SEND, **more: object) -> int:
    result = simulator.post("/simulator/faults", {"path": path, "fault": kind, **more})
    assert result.status == 200, result.data
    return int(result.data["id"])


@pytest.fixture
def openid(simulator: Driver) -> str:
    simulator.follow()
    simulator.act("text", {"content": "在吗"})
    simulator.settled()
    return simulator.openid()


def account_messages(simulator: Driver) -> int:
    return sum(one["by"] == "account" for one in simulator.messages())


@pytest.mark.parametrize("errcode", [-1, 45009, 45011, 40164, 50002, 123456])
def test_an_errcode_is_answered_and_nothing_is_sent(simulator: Driver, openid: str, errcode: int) -> None:
    fault(simulator, "errcode", errcode=errcode)
    answer = simulator.send_text(openid)
    assert (answer.status, answer.errcode) == (200, errcode)
    assert " rid: " in answer.data["errmsg"]
    assert account_messages(simulator) == 0


def test_a_502_is_no_json(simulator: Driver, openid: str) -> None:
    fault(simulator, "http502")
    answer = simulator.send_text(openid)
    assert (answer.status, answer.data) == (502, None)
    assert account_messages(simulator) == 0


def test_a_slow_answer_comes_late_but_comes(simulator: Driver, openid: str) -> None:
    fault(simulator, "slow", seconds=0.3)
    started = time.monotonic()
    assert simulator.send_text(openid).errcode == 0
    assert time.monotonic() - started >= 0.3


def test_a_lost_answer_still_sent_the_message(simulator: Driver, openid: str) -> None:
    fault(simulator, "answer_lost", times=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        simulator.send_text(openid)
    assert account_messages(simulator) == 1
    assert simulator.send_text(openid).errcode == 0


def test_an_invalidated_token_is_refused_once_and_a_new_one_works(simulator: Driver, openid: str) -> None:
    token = simulator.token()
    fault(simulator, "token_invalidated", times=1)
    assert simulator.send_text(openid).errcode == 40001
    assert simulator.token() != token
    assert simulator.send_text(openid).errcode == 0


def test_an_answer_can_lack_its_errcode_or_carry_it_as_text(simulator: Driver, openid: str) -> None:
    fault(simulator, "no_errcode", times=1)
    assert simulator.send_text(openid).data == {}
    fault(simulator, "string_errcode")
    assert simulator.send_text(openid).errcode == "0"
    assert simulator.send_text("oNobody").errcode == "40003"


def test_a_fault_strikes_only_its_path_and_only_so_often(simulator: Driver, openid: str) -> None:
    fault(simulator, "errcode", errcode=45011, times=2)
    assert simulator.ask("/cgi-bin/getcallbackip").errcode is None
    assert [simulator.send_text(openid).errcode for _ in range(3)] == [45011, 45011, 0]


def test_a_star_strikes_every_interface_but_not_the_controls(simulator: Driver) -> None:
    fault(simulator, "errcode", path="*")
    assert simulator.stable_token().errcode == -1
    assert simulator.get("/simulator/state").status == 200


def test_a_rate_strikes_some_of_the_calls(simulator: Driver) -> None:
    fault(simulator, "errcode", path="/cgi-bin/stable_token", rate=0.5)
    codes = [simulator.stable_token().errcode for _ in range(100)]
    assert 20 < codes.count(-1) < 80


def test_faults_are_listed_and_removed(simulator: Driver) -> None:
    first, second = fault(simulator, "slow"), fault(simulator, "http502", times=3)
    listed = simulator.get("/simulator/faults").data["items"]
    assert [one["id"] for one in listed] == [first, second]
    assert listed[1] == {
        "id": second,
        "path": SEND,
        "fault": "http502",
        "errcode": -1,
        "seconds": 3.0,
        "times": 3,
        "rate": 1.0,
        "hits": 0,
    }
    assert simulator.delete(f"/simulator/faults/{first}").status == 200
    assert simulator.delete(f"/simulator/faults/{first}").status == 404
    simulator.delete("/simulator/faults")
    assert simulator.get("/simulator/faults").data["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"path": "cgi-bin", "fault": "slow"},
        {"path": "*", "fault": "earthquake"},
        {"path": "*", "fault": ["slow"]},
        {"path": "*", "fault": "slow", "rate": 2},
        {"path": "*", "fault": "slow", "seconds": -1},
        {"path": "*", "fault": "slow", "times": 0},
        {"path": "*", "fault": "slow", "times": "many"},
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_a_sentence(simulator: Driver, body: dict[str, object]) -> None:
    result = simulator.post("/simulator/faults", body)
    assert result.status == 400
    assert result.data["detail"].endswith("。")
