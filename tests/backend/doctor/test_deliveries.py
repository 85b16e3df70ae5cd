"""Whether the doctor notices messages that nobody sends, and sources that wait for somebody to look at them."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.doctor.examination import examine
from backend.doctor.findings import Finding, Verdict
from backend.outbox import actions
from backend.outbox.actions import BY_HAND, Outbox
from backend.runtime import Runtime
from models.deliveries import Channel
from models.workers import DeliveryBlock, DeliveryWorker
from tests.backend.outbox.audiences import people
from tests.outboxes import followers, source


@pytest.fixture
def outbox(runtime: Runtime) -> Outbox:
    return Outbox(runtime.cipher, lambda: None)


def _put(outbox: Outbox, account: Account, due_minutes_ago: float) -> int:
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(people(account, 3)))
    due_at = clock.ago(minutes=due_minutes_ago)
    DeliveryBlock.update(due_at=due_at).where(DeliveryBlock.source == source_id).execute()
    return source_id


def _about_deliveries(runtime: Runtime) -> list[Finding]:
    return [finding for finding in examine(runtime) if "投递" in finding.what or "消息" in finding.what]


def _seen(minutes_ago: float) -> None:
    """A worker, when it last wrote."""
    DeliveryWorker.create(
        name="here:1", mark="m", started_at=clock.ago(hours=2), seen_at=clock.ago(minutes=minutes_ago)
    )


def test_an_empty_outbox_is_well(runtime: Runtime) -> None:
    [finding] = _about_deliveries(runtime)
    assert (finding.verdict, finding.what) == (Verdict.GOOD, "投递正常，没有等着发的消息")


def test_what_has_just_been_put_is_no_trouble(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    _put(outbox, account, 0.5)
    [finding] = _about_deliveries(runtime)
    assert (finding.verdict, finding.what) == (Verdict.GOOD, "投递正常，有 3 条正在发")


def test_messages_that_nobody_sends_are_told_with_the_command(
    runtime: Runtime, account: Account, outbox: Outbox
) -> None:
    _put(outbox, account, 7.5)
    [finding] = _about_deliveries(runtime)
    assert (finding.verdict, finding.what) == (Verdict.BAD, "3 条消息到了时间没有人发，最久的等了 7 分钟")
    assert "python manage.py worker" in finding.remedy


def test_a_worker_that_is_at_it_may_take_an_hour(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    source_id = _put(outbox, account, 59)
    _seen(0.1)
    assert [finding.verdict for finding in _about_deliveries(runtime)] == [Verdict.GOOD]
    DeliveryBlock.update(due_at=clock.ago(minutes=61)).where(DeliveryBlock.source == source_id).execute()
    [finding] = _about_deliveries(runtime)
    assert (finding.verdict, "61 分钟" in finding.what) == (Verdict.ADVICE, True)


def test_of_a_worker_that_was_killed_nothing_is_hoped(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    _put(outbox, account, 3)
    _seen(2)
    assert [finding.verdict for finding in _about_deliveries(runtime)] == [Verdict.BAD]


def test_who_paused_a_source_is_only_reminded(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    source_id = _put(outbox, account, 0)
    actions.pause(source_id, BY_HAND)
    [well, finding] = _about_deliveries(runtime)
    assert (well.verdict, finding.verdict) == (Verdict.GOOD, Verdict.ADVICE)
    assert (f"投递 {source_id}" in finding.what, "3 人等着" in finding.what) == (True, True)
    assert f"outbox resume {source_id}" in finding.remedy


def test_a_source_that_paused_by_itself_is_to_be_mended(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    source_id = _put(outbox, account, 0)
    actions.pause(source_id, "40037")
    [finding] = [each for each in _about_deliveries(runtime) if each.verdict is Verdict.BAD]
    assert (finding.what.endswith("：40037"), f"outbox show {source_id}" in finding.remedy) == (True, True)


def test_of_many_paused_sources_the_newest_are_told_and_the_rest_counted(
    runtime: Runtime, account: Account, outbox: Outbox
) -> None:
    reader = followers(people(account, 1))
    ids = [outbox.put(source(Channel.TEMPLATE), *reader) for _ in range(7)]
    for each in ids:
        actions.pause(each, BY_HAND)
    told = [finding.what for finding in _about_deliveries(runtime) if finding.verdict is Verdict.ADVICE]
    assert [what.split("（")[0] for what in told[:-1]] == [f"投递 {each}" for each in reversed(ids[2:])]
    assert told[-1] == "另外还有 2 个投递暂停着"


def test_a_paused_source_for_which_nobody_waits_is_not_told(runtime: Runtime, account: Account, outbox: Outbox) -> None:
    source_id = _put(outbox, account, 0)
    actions.pause(source_id, "40037")
    actions.cancel(source_id)
    assert [finding.verdict for finding in _about_deliveries(runtime)] == [Verdict.GOOD]
