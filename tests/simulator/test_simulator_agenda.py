"""Pushes that come later: in order of time, by the pretended clock, at most so many at once, and never lost."""

import threading
import time
from pathlib import Path
from typing import Any

from simulator.state.agenda import Agenda
from simulator.state.templates import template_id
from simulator.storage import Storage
from tests.simulator.driver import Driver, Push, Receiver, Reply, account, wait_until
from tests.simulator.results import event, events, restarted

FINISHED = "TEMPLATESENDJOBFINISH"
DATA = {
    "thing1": {"value": "包粽子"},
    "phrase2": {"value": "报名成功"},
    "time3": {"value": "14:30"},
    "thing4": {"value": "活动室"},
}


def send(simulator: Driver) -> int:
    message = {"touser": simulator.openid(), "template_id": template_id("tm-activity-result"), "data": DATA}
    answer = simulator.call("/cgi-bin/message/template/send", message).data
    assert answer["errcode"] == 0
    return int(answer["msgid"])


def results(simulator: Driver, receiver: Receiver) -> list[int]:
    return [int(one["MsgID"]) for one in events(simulator, receiver, FINISHED)]


def test_a_push_comes_when_its_time_has_come(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=0.3)
    started = time.monotonic()
    msgid = send(simulator)
    assert results(simulator, receiver) == []
    assert event(simulator, receiver, FINISHED)["MsgID"] == str(msgid)
    assert time.monotonic() - started >= 0.3


def test_advancing_the_clock_brings_it_at_once(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=3_600)
    before = time.time()
    msgid = send(simulator)
    simulator.advance(3_599)
    assert results(simulator, receiver) == []
    simulator.advance(2)
    pushed = event(simulator, receiver, FINISHED)
    assert pushed["MsgID"] == str(msgid)
    assert 3_599 <= int(pushed["CreateTime"]) - before <= 3_605


def test_setting_the_clock_back_postpones_nothing(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.advance(86_400)
    simulator.settings(result_seconds=0.3)
    send(simulator)
    simulator.post("/simulator/clock", {"reset": True})
    event(simulator, receiver, FINISHED)


def test_pushes_come_in_order_of_their_time(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    msgids = []
    for seconds in (300, 100, 200, 100):
        simulator.settings(result_seconds=seconds)
        msgids.append(send(simulator))
    for _ in range(3):
        simulator.advance(100)
        time.sleep(0.2)
    wait_until(lambda: len(results(simulator, receiver)) == 4)
    found = results(simulator, receiver)
    assert set(found[:2]) == {msgids[1], msgids[3]}
    assert found[2:] == [msgids[2], msgids[0]]


def test_an_earlier_push_does_not_wait_for_a_later_one(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=3_600)
    send(simulator)
    simulator.settings(result_seconds=0)
    msgid = send(simulator)
    assert event(simulator, receiver, FINISHED)["MsgID"] == str(msgid)


def test_the_answer_to_such_a_push_is_shown_to_nobody(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    receiver.answer = lambda _: Reply(b"nonsense")
    simulator.settings(result_seconds=0)
    send(simulator)
    event(simulator, receiver, FINISHED)
    wait_until(lambda: not simulator.platform.world.agenda.under_way)
    assert simulator.messages()[-1]["kind"] == "template"


def test_at_most_sixteen_are_on_their_way_at_once(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=60, push_timeout=5)
    for _ in range(40):
        send(simulator)
    gate, most = threading.Event(), [0, 0]

    def answer(_: Push) -> Reply:
        most[0] += 1
        most[1] = max(most)
        gate.wait(3)
        most[0] -= 1
        return Reply()

    receiver.answer = answer
    simulator.advance(61)
    wait_until(lambda: most[0] == 16)
    time.sleep(0.2)
    assert most[1] == 16
    gate.set()
    wait_until(lambda: len(results(simulator, receiver)) == 40)


def test_an_unanswered_push_is_tried_three_times_and_noted(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=0, push_timeout=0.1)
    receiver.answer = lambda _: Reply(status=500)
    msgid = send(simulator)
    wait_until(lambda: results(simulator, receiver) == [msgid] * 3)
    created = {one["CreateTime"] for one in events(simulator, receiver, FINISHED)}
    assert len(created) == 1
    wait_until(lambda: not simulator.platform.world.agenda.under_way)
    items: list[dict[str, Any]] = simulator.get("/simulator/traffic").data["items"]
    assert [one["attempt"] for one in items if one["title"].startswith(FINISHED)] == [1, 2, 3]


def test_a_new_start_empties_the_agenda(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(result_seconds=60)
    send(simulator)
    simulator.post("/simulator/reset")
    simulator.advance(61)
    simulator.follow()
    simulator.settings(result_seconds=0)
    msgid = send(simulator)
    assert event(simulator, receiver, FINISHED)["MsgID"] == str(msgid)


def test_a_restart_loses_neither_what_waits_nor_what_is_under_way(receiver: Receiver, tmp_path: Path) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as simulator:
        simulator.follow()
        simulator.settings(result_seconds=60, push_timeout=3)
        receiver.answer = lambda _: Reply(delay=0.5)
        under_way = send(simulator)
        simulator.advance(61)
        wait_until(lambda: results(simulator, receiver) == [under_way])
        waiting = send(simulator)
    receiver.answer = lambda _: Reply()
    with restarted(accounts, storage) as simulator:
        wait_until(lambda: results(simulator, receiver) == [under_way, under_way])
        simulator.advance(61)
        wait_until(lambda: results(simulator, receiver)[2:] == [waiting])
        created = [one["CreateTime"] for one in events(simulator, receiver, FINISHED)]
        assert created[0] == created[1]


def test_an_agenda_finishes_only_what_it_gave_out() -> None:
    agenda = Agenda()
    agenda.enter(2, "wx", "later", {})
    assert agenda.enter(1, "wx", "sooner", {})
    assert agenda.take(0.5) is None
    due = agenda.take(1)
    assert due is not None
    assert due.openid == "sooner"
    agenda.clear()
    agenda.enter(1, "wx", "new", {})
    agenda.finish(due)
    assert [one.openid for one in agenda.waiting] == ["new"]
