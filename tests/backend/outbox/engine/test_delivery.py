"""The engine end to end: rows in a real database, messages to the simulator over HTTP."""

from backend import clock
from backend.outbox.engine.shifts import WINDOW
from backend.runtime import Runtime
from models.deliveries import Channel, Delivery, DeliverySource, MassJob, Priority
from models.followers import WechatIdentity
from models.members import Member
from models.subscriptions import SubscriptionCredit
from tests.conftest import OFFICIAL
from tests.outboxes import bind_template, channels, check_truth, crowd, followers, hurry, source, states
from tests.served import MINIPROGRAM
from tests.simulated import Platform

TEMPLATE = "/cgi-bin/message/template/send"
MASS = "/cgi-bin/message/mass/send"


def test_everybody_of_an_audience_is_told_once(house: Runtime, platform: Platform) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    ids = crowd(platform, house, OFFICIAL.app_id, 700)
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(ids))
    assert house.engine.work() == 700
    assert states(source_id) == {"accepted": 700}
    check_truth(source_id)


def test_a_mass_send_takes_thousands_in_few_calls(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 700)
    source_id = house.outbox.put(source(Channel.MASS, Channel.INBOX), *followers(ids))
    house.engine.work()
    assert states(source_id) == {"pending": 700}, "set aside until all are there"
    hurry(source_id)
    assert house.engine.work() == 700
    assert states(source_id) == {"accepted": 700}
    check_truth(source_id)
    [job] = MassJob.select()
    assert (job.people, bool(job.msg_id), job.finished_at) == (700, True, None)
    assert len(platform.calls("/cgi-bin/message/mass/send")) == 1


def test_who_has_no_consent_left_is_reached_by_the_next_rung(house: Runtime, platform: Platform) -> None:
    gateway = house.gateway(OFFICIAL.app_id)
    notice = bind_template(house, OFFICIAL.app_id, "notice", gateway, Channel.NOTICE)
    bind_template(house, OFFICIAL.app_id, "notice", gateway, Channel.TEMPLATE)
    ids = crowd(platform, house, OFFICIAL.app_id, 6, 1, notice)
    SubscriptionCredit.update(left=2).where(SubscriptionCredit.follower.in_(ids[:3])).execute()  # one too many
    SubscriptionCredit.update(left=0).where(SubscriptionCredit.follower.in_(ids[3:])).execute()
    ladder = (Channel.NOTICE, Channel.TEMPLATE)
    first, second = (house.outbox.put(source(*ladder), *followers(ids)) for _ in range(2))
    assert house.engine.work() == 12
    assert channels(first) == {"notice": 3, "template": 3}
    assert channels(second) == {"template": 6}, "43101 for the three in whose consent we believed"
    assert {row.left for row in SubscriptionCredit.select()} == {0}
    check_truth(first)
    check_truth(second)


def test_nobody_is_reached_by_what_is_not_bound(house: Runtime, platform: Platform) -> None:
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(crowd(platform, house, OFFICIAL.app_id, 2)))
    assert house.engine.work() == 0
    assert states(source_id) == {"unreachable": 2}
    assert {row.reason for row in Delivery.select()} == {"no_channel"}
    check_truth(source_id)


def test_a_template_message_without_an_answer_is_repeated_and_arrives_once(house: Runtime, platform: Platform) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    [follower] = crowd(platform, house, OFFICIAL.app_id, 1)
    platform.fault(TEMPLATE, "answer_lost", times=4)  # all tries of the first batch
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers([follower]))
    house.engine.work()
    assert states(source_id) == {"uncertain": 1}
    check_truth(source_id)
    hurry(source_id)
    assert house.engine.work() == 1
    assert states(source_id) == {"accepted": 1}
    check_truth(source_id)
    assert len(platform.calls(TEMPLATE)) > 4


def test_a_source_that_is_refused_for_all_pauses_and_goes_on_when_it_is_mended(
    house: Runtime, platform: Platform
) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    ids = crowd(platform, house, OFFICIAL.app_id, 600)
    platform.fault(TEMPLATE, "errcode", errcode=47003)
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(ids))
    house.engine.work()
    assert (row := DeliverySource.get_by_id(source_id)).state == "paused"
    assert row.why == "47003"
    failed = states(source_id)["failed"]
    assert 20 <= failed <= WINDOW * house.settings.wechat_in_flight
    check_truth(source_id)
    platform.mend()
    assert house.outbox.resume(source_id)
    hurry(source_id)  # what was recalled waits a second
    house.engine.work()
    assert states(source_id) == {"failed": failed, "accepted": 600 - failed}
    check_truth(source_id)


def test_a_template_that_is_no_more_pauses_its_source_at_once(house: Runtime, platform: Platform) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    ids = crowd(platform, house, OFFICIAL.app_id, 50)
    platform.fault(TEMPLATE, "errcode", errcode=40037, times=1)
    source_id = house.outbox.put(source(Channel.TEMPLATE), *followers(ids))
    house.engine.work()
    assert DeliverySource.get_by_id(source_id).why == "40037"
    assert "failed" not in states(source_id), "all of them can still be told"
    check_truth(source_id)


def test_who_blocked_the_account_is_left_alone_by_broadcasts(house: Runtime, platform: Platform) -> None:
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    [follower] = crowd(platform, house, OFFICIAL.app_id, 1)
    platform.fault(TEMPLATE, "errcode", errcode=43004, times=1)
    told = [house.outbox.put(source(Channel.TEMPLATE), *followers([follower])) for _ in range(2)]
    house.engine.work()
    told.append(house.outbox.put(source(Channel.TEMPLATE), *followers([follower])))
    house.engine.work()
    assert [states(each) for each in told] == [{"unreachable": 1}] * 3
    reasons = [row.reason for row in Delivery.select().order_by(Delivery.id)]
    assert reasons == ["43004", "no_channel", "no_channel"], "learned at once, and remembered"
    personal = house.outbox.put(source(Channel.TEMPLATE, priority=Priority.PERSONAL), *followers([follower]))
    assert house.engine.work() == 1, "her own affairs are tried all the same"
    check_truth(personal)


def test_a_member_is_told_once_whichever_of_her_identities_reaches_her(house: Runtime, platform: Platform) -> None:
    subscribe = bind_template(house, MINIPROGRAM.app_id, "notice", house.gateway(MINIPROGRAM.app_id), Channel.SUBSCRIBE)
    bind_template(house, OFFICIAL.app_id, "notice", house.gateway(OFFICIAL.app_id), Channel.TEMPLATE)
    [visitor] = crowd(platform, house, MINIPROGRAM.app_id, 1, 1, subscribe)
    [follower] = crowd(platform, house, OFFICIAL.app_id, 1)
    member = Member.create(joined_at=clock.now())
    WechatIdentity.update(member=member).where(WechatIdentity.id.in_((visitor, follower))).execute()
    ladder = (Channel.SUBSCRIBE, Channel.TEMPLATE)
    told = [house.outbox.put(source(*ladder), *followers([follower]), *followers([visitor])) for _ in range(2)]
    assert house.engine.work() == 2
    assert [channels(each) for each in told] == [{"subscribe": 1}, {"template": 1}]
    assert {row.member_id for row in Delivery.select()} == {member.id}


def test_what_is_too_late_is_not_sent(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 2)
    source_id = house.outbox.put(source(Channel.INBOX, expires_at=clock.ago(seconds=1)), *followers(ids))
    house.engine.work()
    assert states(source_id) == {"cancelled": 2}
    assert {row.reason for row in Delivery.select()} == {"expired"}
    check_truth(source_id)


def test_who_was_set_aside_for_a_mass_send_is_not_told_when_it_is_too_late(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 3)
    source_id = house.outbox.put(source(Channel.MASS), *followers(ids))
    house.engine.work()
    DeliverySource.update(expires_at=clock.ago(seconds=1)).where(DeliverySource.id == source_id).execute()
    hurry(source_id)
    assert house.engine.work() == 0
    assert states(source_id) == {"cancelled": 3}
    check_truth(source_id)


def test_a_group_whose_call_nobody_heard_is_called_again_and_told_once(house: Runtime, platform: Platform) -> None:
    ids = crowd(platform, house, OFFICIAL.app_id, 3)
    source_id = house.outbox.put(source(Channel.MASS), *followers(ids))
    house.engine.work()
    hurry(source_id)
    platform.fault(MASS, "answer_lost", times=4)
    assert house.engine.work() == 0
    assert states(source_id) == {"uncertain": 3}
    check_truth(source_id)
    hurry(source_id)
    assert house.engine.work() == 3
    assert states(source_id) == {"accepted": 3}
    assert MassJob.select().count() == 1
    check_truth(source_id)
