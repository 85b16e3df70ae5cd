"""What the platform tells later moves what was accepted on, and never what nobody asked about."""

from collections.abc import Sequence

import pytest

from backend import clock
from backend.outbox import reports
from backend.outbox.reports import JOURNAL, Report
from backend.runtime import Runtime
from backend.storage.kv import Note
from jobs import deliveries
from models.deliveries import Channel, Delivery, MassJob
from models.followers import WechatIdentity
from tests.conftest import OFFICIAL
from tests.outboxes import bind_template, check_truth, crowd, followers, hurry, source, states
from tests.simulated import Platform

OLD = 3600.0


@pytest.fixture
def told(house: Runtime, platform: Platform) -> int:
    """The source of five template messages that were accepted."""
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    ids = crowd(platform, house, OFFICIAL.app_id, 5)
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(ids))
    assert house.engine.work() == 5
    return source_id


def _rows(source_id: int) -> list[Delivery]:
    return list(Delivery.select().where(Delivery.source == source_id).order_by(Delivery.id))


def _report(row: Delivery, reason: str = "", age: float = 0.0, **more: object) -> Report:
    follower = WechatIdentity.get_by_id(row.follower_id)
    who = {"account_id": follower.account.id, "openid": follower.openid}
    what = {"platform_id": row.platform_id, "template": True, "reason": reason, "at": clock.timestamp() - age}
    return Report(**{**who, **what, **more})


def _hear(house: Runtime, *told: Report) -> int:
    for number, report in enumerate(told):
        house.kv.put_if_absent(f"m:{number}:{id(report)}", b"", 60, Note(JOURNAL, reports.pack([report])))
    return deliveries.hear_reports(house)


def _waiting(house: Runtime) -> int:
    return len(house.kv.journal(JOURNAL, 100))


def test_delivered_and_failed_are_told_apart(house: Runtime, told: int) -> None:
    first, second, *_ = _rows(told)
    assert _hear(house, _report(first), _report(second, "userblock")) == 2
    assert states(told) == {"accepted": 3, "delivered": 1, "failed": 1}
    assert [row.reason for row in _rows(told)[:2]] == ["", "userblock"]
    check_truth(told)


def test_the_same_report_twice_changes_nothing_more(house: Runtime, told: int) -> None:
    row = _rows(told)[0]
    _hear(house, _report(row))
    _hear(house, _report(row, age=OLD), _report(row, "userblock", age=OLD))
    assert (states(told), _waiting(house)) == ({"accepted": 4, "delivered": 1}, 0)
    check_truth(told)


def test_a_report_that_comes_before_its_delivery_is_written_waits_for_it(house: Runtime, told: int) -> None:
    row = _rows(told)[0]
    Delivery.update(state="sending", platform_id="").where(Delivery.id == row.id).execute()
    assert (_hear(house, _report(row)), _waiting(house)) == (0, 1)
    Delivery.update(state="accepted", platform_id=row.platform_id).where(Delivery.id == row.id).execute()
    assert (deliveries.hear_reports(house), _waiting(house)) == (1, 0)
    assert states(told) == {"accepted": 4, "delivered": 1}


def test_a_report_nobody_knows_what_to_do_with_is_given_up_after_a_minute(house: Runtime, told: int) -> None:
    row = _rows(told)[0]
    strangers: Sequence[Report] = (
        _report(row, age=OLD, platform_id="another"),
        _report(row, age=OLD, openid="oNobody"),
        _report(row, age=OLD, account_id=99),
        _report(row, age=OLD, template=False),
    )
    assert (_hear(house, *strangers), _waiting(house)) == (4, 0)
    assert states(told) == {"accepted": 5}


def test_an_uncertain_delivery_is_settled_by_its_report(house: Runtime, platform: Platform) -> None:
    template = bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.NOTICE)
    ids = crowd(platform, house, OFFICIAL.app_id, 1, 1, template)
    platform.fault("/cgi-bin/message/subscribe/bizsend", "answer_lost", times=1)
    source_id = house.outbox.put(source(Channel.NOTICE), *followers(ids))
    house.engine.work()
    assert states(source_id) == {"uncertain": 1}
    row = _rows(source_id)[0]
    assert _hear(house, _report(row, template=False, platform_id="77")) == 1
    assert states(source_id) == {"delivered": 1}
    check_truth(source_id)


def test_a_mass_send_is_delivered_when_all_were_reached(house: Runtime, platform: Platform) -> None:
    source_id, job = _mass(house, platform)
    told = {"account_id": job.account_id, "msg_id": job.msg_id, "sent": 3, "filtered": 0, "failed": 0}
    assert not reports.finish_mass(**{**told, "msg_id": "unheard of"}, status="sendsuccess")
    assert reports.finish_mass(**told, status="sendsuccess")
    assert reports.finish_mass(**told, status="sendfail"), "the first word stands"
    assert states(source_id) == {"delivered": 3}
    check_truth(source_id)


def test_a_mass_send_that_reached_some_stays_accepted_with_its_counts(house: Runtime, platform: Platform) -> None:
    source_id, job = _mass(house, platform)
    assert reports.finish_mass(job.account_id, job.msg_id, "sendsuccess", 1, 2, 0)
    job = MassJob.get_by_id(job.id)
    assert (job.sent, job.filtered, job.failed, bool(job.finished_at)) == (1, 2, 0, True)
    assert states(source_id) == {"accepted": 3}


def test_a_mass_send_that_was_refused_afterwards_has_failed(house: Runtime, platform: Platform) -> None:
    source_id, job = _mass(house, platform)
    assert reports.finish_mass(job.account_id, job.msg_id, "err(20001)", 0, 0, 0)
    assert states(source_id) == {"failed": 3}
    check_truth(source_id)


def _mass(house: Runtime, platform: Platform) -> tuple[int, MassJob]:
    ids = crowd(platform, house, OFFICIAL.app_id, 3)
    source_id = house.outbox.put(source(Channel.MASS), *followers(ids))
    house.engine.work()
    hurry(source_id)
    assert house.engine.work() == 3
    return source_id, MassJob.select().get()
