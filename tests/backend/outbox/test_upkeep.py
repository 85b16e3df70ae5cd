"""The outbox's upkeep: overdue reports, consents to give back, old rows, cancellations that were broken off."""

from datetime import timedelta

from backend import clock
from backend.followers import actions as people
from backend.outbox import actions, inbox, leaving, upkeep
from backend.runtime import Runtime
from jobs import deliveries as jobs
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryTally, Priority
from models.followers import FollowState, WechatIdentity
from models.subscriptions import SubscriptionCredit
from models.workers import DeliveryBlock
from tests.conftest import OFFICIAL
from tests.outboxes import bind_template, check_truth, crowd, followers, source, states
from tests.simulated import Platform


def _age(source_id: int, **span: float) -> None:
    """As if all of it had happened so long ago."""
    before = clock.ago(**span)
    DeliverySource.update(created_at=before - timedelta(minutes=1)).where(DeliverySource.id == source_id).execute()
    Delivery.update(settled_at=before, intended_at=before).where(Delivery.source == source_id).execute()


def test_what_nobody_reported_on_is_unknown_after_two_days(house: Runtime, platform: Platform) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(crowd(platform, house, OFFICIAL.app_id, 7)))
    house.engine.work()
    _age(source_id, hours=47)
    assert jobs.give_up_reports(house) == 0
    _age(source_id, hours=49)
    assert (upkeep.give_up_reports(limit=5), jobs.give_up_reports(house), jobs.give_up_reports(house)) == (5, 2, 0)
    assert states(source_id) == {"accepted": 7}
    assert {row.reason for row in Delivery.select()} == {"unknown"}
    check_truth(source_id)


def test_a_consent_nobody_knows_the_use_of_is_given_back(house: Runtime, platform: Platform) -> None:
    template = bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.NOTICE)
    ids = crowd(platform, house, OFFICIAL.app_id, 3, 2, template)
    platform.fault("/cgi-bin/message/subscribe/bizsend", "answer_lost", times=1)
    source_id = house.outbox.put(source(Channel.NOTICE), *followers(ids))
    house.engine.work()
    assert states(source_id) == {"accepted": 2, "uncertain": 1}
    assert sum(row.left for row in SubscriptionCredit.select()) == 3
    assert jobs.repair_credits(house) == 0, "a report may still come"
    _age(source_id, hours=49)
    assert (jobs.repair_credits(house), jobs.repair_credits(house)) == (1, 0)
    assert sum(row.left for row in SubscriptionCredit.select()) == 4
    check_truth(source_id)


def test_old_rows_go_in_slices_and_the_counts_stay(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 9)
    old, young = (house.outbox.put(source(Channel.INBOX), *followers(ids)) for _ in range(2))
    house.engine.work()
    _age(old, days=181)
    assert upkeep.forget_old(limit=4) == 4
    jobs.forget_old(house)
    assert (states(old), states(young)) == ({}, {"delivered": 9})
    assert DeliveryTally.select().where(DeliveryTally.source == old).get().count == 9
    assert DeliverySource.get_by_id(old).message == "", "nor what was said"
    assert jobs.forget_old(house) == 0
    assert len(inbox.latest(house.cipher, ids[0], 5)) == 1


def test_a_cancellation_that_was_broken_off_is_finished(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 4)
    source_id = house.outbox.put(source(Channel.INBOX, not_before=clock.now() + timedelta(hours=1)), *followers(ids))
    DeliverySource.update(state="cancelled").where(DeliverySource.id == source_id).execute()
    assert (jobs.finish_sources(house), jobs.finish_sources(house)) == (4, 0)
    assert (states(source_id), DeliveryBlock.select().count()) == ({"cancelled": 4}, 0)
    check_truth(source_id)


def test_who_waits_for_a_paused_source_is_not_told_when_it_is_too_late(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 2)
    source_id = house.outbox.put(source(Channel.INBOX), *followers(ids))
    actions.pause(source_id, "by_hand")
    assert jobs.finish_sources(house) == 0
    DeliverySource.update(expires_at=clock.ago(seconds=1)).where(DeliverySource.id == source_id).execute()
    assert jobs.finish_sources(house) == 2
    assert states(source_id) == {"cancelled": 2}
    check_truth(source_id)


def test_what_waits_for_somebody_who_is_forgotten_ends_with_her(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 2)
    source_id = house.outbox.put(source(Channel.INBOX, not_before=clock.now() + timedelta(hours=1)), *followers(ids))
    left = {"follow_state": FollowState.LEFT, "follow_changed_at": clock.ago(hours=25)}
    WechatIdentity.update(left).where(WechatIdentity.id == ids[0]).execute()
    assert people.bury() == 1
    assert states(source_id) == {"pending": 1, "unreachable": 1}
    assert [row.follower_id for row in Delivery.select().order_by(Delivery.id)] == [None, ids[1]]
    check_truth(source_id)


def test_who_was_set_aside_is_given_up_to_the_unit_too(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 3)
    source_id = house.outbox.put(source(Channel.MASS), *followers(ids))
    house.engine.work()
    assert leaving.give_up(ids[:2]) == 2
    assert states(source_id) == {"pending": 1, "unreachable": 2}
    check_truth(source_id)


def test_her_inbox_shows_the_newest_first_and_no_answers(house: Runtime, platform: Platform) -> None:
    [follower] = crowd(platform, house, OFFICIAL.app_id, 1)
    for ladder in ((Channel.INBOX,), (Channel.CUSTOM, Channel.INBOX), (Channel.TEMPLATE,)):
        house.outbox.put(source(*ladder, priority=Priority.PERSONAL), *followers([follower]))
    house.engine.work()
    letters = inbox.latest(house.cipher, follower, 5)
    assert [letter.channel for letter in letters] == [Channel.INBOX, Channel.INBOX]
    assert {letter.words for letter in letters} == {"明天上午停水，请提前储水。"}
