"""Faults on demand: each does what it says, where and as often as it was told."""

import threading
import time
from collections.abc import Callable

import pytest
import urllib3

from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Result, wait_until

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
        "app_id": "",
        "openid": "",
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
        {"path": "*", "fault": "slow", "seconds": "long"},
        {"path": "*", "fault": "slow", "seconds": 121},
        {"path": "*", "fault": "slow", "rate": [1]},
        {"path": "*", "fault": "errcode", "errcode": "45011"},
        {"path": "*", "fault": "slow", "openid": 7},
        {"path": "*", "fault": "duplicate"},
        {"path": SEND, "fault": "wrong_signature"},
        {"path": "push", "fault": "errcode"},
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_a_sentence(simulator: Driver, body: dict[str, object]) -> None:
    result = simulator.post("/simulator/faults", body)
    assert result.status == 400
    assert result.data["detail"].endswith("。")


def test_a_fault_of_an_unknown_account_is_refused(simulator: Driver) -> None:
    result = simulator.post("/simulator/faults", {"path": "*", "fault": "slow", "app_id": "wx0000000000000000"})
    assert (result.status, result.data["detail"]) == (404, "没有这个账号。")


def test_a_fault_can_be_limited_to_one_account(simulator: Driver, openid: str) -> None:
    fault(simulator, "errcode", path="*", app_id=MINIPROGRAM)
    assert simulator.send_text(openid).errcode == 0
    assert simulator.stable_token(MINIPROGRAM).errcode == -1
    simulator.delete("/simulator/faults")
    fault(simulator, "errcode", app_id=OFFICIAL)
    assert simulator.send_text(openid).errcode == -1


def test_a_fault_can_be_limited_to_one_recipient(simulator: Driver, openid: str) -> None:
    simulator.follow("p2")
    other = simulator.openid("p2")
    fault(simulator, "errcode", errcode=43101, openid=other)
    assert simulator.send_text(openid).errcode == 0
    assert simulator.send_text(other).errcode == 43101


def test_a_refused_connection_did_nothing(simulator: Driver, openid: str) -> None:
    fault(simulator, "refused", times=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        simulator.send_text(openid)
    assert account_messages(simulator) == 0
    assert simulator.send_text(openid).errcode == 0


def test_a_captive_page_is_html_with_200_and_did_nothing(simulator: Driver, openid: str) -> None:
    fault(simulator, "html")
    answer = simulator.send_text(openid)
    assert (answer.status, answer.data) == (200, None)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<html>" in answer.raw
    assert account_messages(simulator) == 0


def test_a_truncated_answer_is_no_json_but_it_was_done(simulator: Driver, openid: str) -> None:
    address = f"{SEND}?access_token={simulator.token()}"
    fault(simulator, "truncated", times=1)
    body = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        simulator.post(address, body)
    assert account_messages(simulator) == 1


class Call(threading.Thread):
    """A call of its own, which hangs as long as it hangs."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__()
        self._work = work
        self.broken = False
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except urllib3.exceptions.ProtocolError:
            self.broken = True


@pytest.mark.parametrize(("kind", "sent"), [("hang", 0), ("hang_after", 1)])
@pytest.mark.parametrize("release", ["one", "all", "reset"])
def test_a_hanging_call_is_let_go_when_the_fault_is(
    simulator: Driver, openid: str, kind: str, sent: int, release: str
) -> None:
    fault_id = fault(simulator, kind)
    call = Call(lambda: simulator.send_text(openid))
    wait_until(lambda: simulator.get("/simulator/faults").data["items"][0]["hits"] == 1)
    time.sleep(0.1)
    assert call.is_alive()
    assert account_messages(simulator) == sent
    if release == "reset":
        simulator.post("/simulator/reset")
    else:
        simulator.delete("/simulator/faults" + (f"/{fault_id}" if release == "one" else ""))
    call.join(5)
    assert call.broken


def test_a_call_that_hung_up_is_no_longer_waited_for_and_stands_in_the_journal(simulator: Driver, openid: str) -> None:
    address = f"{SEND}?access_token={simulator.token()}"
    fault(simulator, "hang")
    body = b'{"touser": "x"}'
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        simulator.request("POST", address, body=body, timeout=0.2)
    entry = simulator.get(f"/simulator/traffic?path={SEND}").data["items"][-1]
    assert (entry["outcome"], entry["status"], entry["faults"]) == ("timeout", None, ["hang"])


def test_a_hanging_call_does_not_keep_the_program_from_ending() -> None:
    with Driver([]) as simulator:
        fault(simulator, "hang", path="*")
        call = Call(lambda: simulator.get("/cgi-bin/token"))
        wait_until(lambda: simulator.get("/simulator/faults").data["items"][0]["hits"] == 1)
        ended = time.monotonic()
    assert time.monotonic() - ended < 2
    call.join(5)
    assert call.broken


def test_removing_a_slow_fault_hurries_the_calls(simulator: Driver, openid: str) -> None:
    fault(simulator, "slow", seconds=60)
    call = Call(lambda: simulator.send_text(openid))
    wait_until(lambda: simulator.get("/simulator/faults").data["items"][0]["hits"] == 1)
    simulator.delete("/simulator/faults")
    call.join(5)
    assert not call.is_alive()
    assert account_messages(simulator) == 1


def test_a_new_start_takes_the_faults_away(simulator: Driver) -> None:
    fault(simulator, "errcode", path="*")
    simulator.post("/simulator/reset")
    assert simulator.get("/simulator/faults").data["items"] == []
    assert simulator.stable_token().errcode is None


def test_the_kinds_of_faults_are_told_with_their_texts(simulator: Driver) -> None:
    told = simulator.get("/simulator/faults/kinds").data
    calls, pushes = ([one["fault"] for one in told[name]] for name in ("calls", "pushes"))
    assert calls[0] == "answer_lost"
    assert len(calls) == 12
    assert pushes == ["duplicate", "delay", "reorder", "wrong_signature", "wrong_appid"]
    assert all(one["title"] and one["about"] for one in [*told["calls"], *told["pushes"]])
    assert {"errcode": 43101, "errmsg": "user refuse to accept the msg"} in told["errcodes"]


def test_the_journal_names_the_faults_and_the_rid_of_an_error(simulator: Driver, openid: str) -> None:
    fault(simulator, "errcode", errcode=45011)
    said = simulator.send_text(openid).data["errmsg"]
    entry = simulator.get(f"/simulator/traffic?kind=call&path={SEND}&outcome=error").data["items"][-1]
    assert entry["faults"] == ["errcode"]
    assert said.endswith(f" rid: {entry['rid']}")
    simulator.delete("/simulator/faults")
    simulator.send_text(openid)
    good = simulator.get(f"/simulator/traffic?path={SEND}&outcome=ok").data["items"][-1]
    assert (good["rid"], good["faults"]) == ("", [])
