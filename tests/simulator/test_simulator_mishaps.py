"""Faults of pushes: twice, late, out of order, forged; what the person does goes on."""

import time

import pytest

from tests.simulator.backend import answering, opened
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Push, Receiver, Reply, wait_until


def mishap(simulator: Driver, kind: str, **more: object) -> int:
    result = simulator.post("/simulator/faults", {"path": "push", "fault": kind, **more})
    assert result.status == 200, result.data
    return int(result.data["id"])


def contents(simulator: Driver, receiver: Receiver) -> list[str]:
    account = simulator.platform.accounts[OFFICIAL]
    return [str(opened(account, push).get("Content")) for push in receiver.pushes]


@pytest.fixture(autouse=True)
def _follower(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    receiver.pushes.clear()


def test_a_duplicate_is_the_same_message_twice_and_answered_once(simulator: Driver, receiver: Receiver) -> None:
    account = simulator.platform.accounts[OFFICIAL]
    answer = answering(account, MsgType="text", Content="收到")

    def once(push: Push) -> Reply:
        return answer(push) if push is receiver.pushes[0] else Reply()

    receiver.answer = once
    mishap(simulator, "duplicate", times=1)
    simulator.act("text", {"content": "在吗"})
    messages = simulator.settled()
    first, second = (opened(account, push) for push in receiver.pushes)
    assert first == second
    assert receiver.pushes[0].query["nonce"] != receiver.pushes[1].query["nonce"]
    assert [one["content"] for one in messages if one["by"] == "account"] == ["收到"]
    simulator.act("text", {"content": "再问"})
    simulator.settled()
    assert len(receiver.pushes) == 3


def test_a_delayed_push_comes_later_with_the_time_it_had(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "delay", seconds=0.4)
    started = time.monotonic()
    assert simulator.act("text", {"content": "在吗"}).status == 202
    assert time.monotonic() - started < 0.3
    assert receiver.pushes == []
    assert simulator.settled()[-1]["state"] == "answered"
    assert time.monotonic() - started >= 0.4


def test_a_push_can_be_overtaken_by_the_next_one(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "reorder", times=1)
    simulator.act("text", {"content": "一"})
    time.sleep(0.1)
    assert receiver.pushes == []
    simulator.act("text", {"content": "二"})
    simulator.settled()
    assert contents(simulator, receiver) == ["二", "一"]


def test_always_out_of_order_swaps_them_in_pairs(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "reorder")
    for content in ("一", "二", "三", "四"):
        simulator.act("text", {"content": content})
        time.sleep(0.05)
    simulator.settled()
    assert contents(simulator, receiver) == ["二", "一", "四", "三"]


def test_a_push_held_back_goes_out_when_the_fault_is_taken_away(simulator: Driver, receiver: Receiver) -> None:
    fault_id = mishap(simulator, "reorder")
    simulator.act("text", {"content": "一"})
    time.sleep(0.1)
    simulator.delete(f"/simulator/faults/{fault_id}")
    simulator.settled()
    assert contents(simulator, receiver) == ["一"]


def test_what_is_held_back_at_a_new_start_is_never_heard_of_again(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "reorder")
    simulator.act("text", {"content": "一"})
    time.sleep(0.05)
    simulator.post("/simulator/reset")
    time.sleep(0.3)
    assert receiver.pushes == []


@pytest.mark.parametrize("kind", ["wrong_signature", "wrong_appid"])
def test_a_forged_push_is_followed_by_the_genuine_one(simulator: Driver, receiver: Receiver, kind: str) -> None:
    account = simulator.platform.accounts[OFFICIAL]

    def strict(push: Push) -> Reply:
        try:
            assert opened(account, push)["ToUserName"] == account.original_id
        except Exception:  # noqa: BLE001 - whatever is wrong with it, this server refuses
            return Reply(b"", 403)
        return Reply()

    receiver.answer = strict
    mishap(simulator, kind, times=1)
    simulator.act("text", {"content": "在吗"})
    assert simulator.settled()[-1]["state"] == "answered"
    entries = simulator.get("/simulator/traffic?kind=push").data["items"][-2:]
    assert [(one["status"], one["faults"], one["attempt"]) for one in entries] == [(403, [kind], 1), (200, [], 2)]


def test_a_mishap_can_be_limited_to_an_account_and_a_person(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "duplicate", app_id=MINIPROGRAM)
    mishap(simulator, "duplicate", openid=simulator.openid("p2"))
    simulator.act("text", {"content": "在吗"})
    simulator.settled()
    assert len(receiver.pushes) == 1
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    wait_until(lambda: len(receiver.pushes) == 3)
    simulator.follow("p2")
    wait_until(lambda: len(receiver.pushes) == 5)


def test_a_star_does_not_touch_the_pushes(simulator: Driver, receiver: Receiver) -> None:
    simulator.post("/simulator/faults", {"path": "*", "fault": "http502"})
    simulator.act("text", {"content": "在吗"})
    assert simulator.settled()[-1]["state"] == "answered"
    assert len(receiver.pushes) == 1


def test_a_push_that_is_forged_on_purpose_meets_no_mishap(simulator: Driver, receiver: Receiver) -> None:
    mishap(simulator, "duplicate")
    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "?"}, tamper="stale")
    assert len(receiver.pushes) == 1


def test_counts_tell_all_calls_and_attempts_since_the_last_clearing(simulator: Driver) -> None:
    simulator.delete("/simulator/traffic")
    simulator.send_text("oNobody")
    simulator.send_text("oNobody")
    simulator.act("text", {"content": "在吗"})
    simulator.settled()
    counts = simulator.get("/simulator/counts").data["items"]
    assert counts == {
        "/cgi-bin/message/custom/send": {"error": 2},
        "/cgi-bin/stable_token": {"ok": 2},
        "push": {"ok": 1},
    }
    simulator.delete("/simulator/traffic")
    assert simulator.get("/simulator/counts").data["items"] == {}


@pytest.mark.parametrize("query", ["kind=dance", "outcome=great", "after=-1", "limit=²"])
def test_a_filter_that_cannot_be_is_refused(simulator: Driver, query: str) -> None:
    assert simulator.get(f"/simulator/traffic?{query}").status == 400
