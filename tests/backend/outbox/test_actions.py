"""Putting messages into the outbox with the decision they tell of. Nobody sends here."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
import structlog

from backend import clock
from backend.accounts.queries import Account
from backend.outbox import lanes
from backend.outbox.actions import Outbox, Recipient
from backend.outbox.channels import ALL_MANNERS, Manner
from backend.outbox.messages import Message, unseal, unseal_data
from backend.privacy.cipher import FieldCipher
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.deliveries import Channel, Delivery, DeliverySource, Priority, SourceState
from models.followers import FollowState, WechatIdentity
from models.workers import DeliveryBlock, DeliveryLane
from tests.backend.outbox.audiences import (
    ALL_FOLLOWERS,
    ALL_MEMBERS,
    Bell,
    again,
    audience,
    blocks,
    check_blocks,
    member,
    people,
    told,
)
from tests.outboxes import check_truth, followers, source, states
from tests.threads import at_once


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def outbox(runtime: Runtime, bell: Bell) -> Iterator[Outbox]:
    yield Outbox(runtime.cipher, bell)
    assert not bell.inside, "a worker was called before the commit"


# Put


def test_a_put_writes_down_everything_about_the_source(outbox: Outbox, account: Account, cipher: FieldCipher) -> None:
    (person,) = people(account, 1)
    expires_at = datetime(2030, 1, 1, 12, 0, 0, 123456, tzinfo=clock.BEIJING)
    said = Message("明天停水", {"title": "停水"}, "pages/n", "https://example.cn", "media")
    put = source(
        *(Channel.SUBSCRIBE, Channel.TEMPLATE, Channel.INBOX),
        priority=Priority.EMERGENCY, message=said, expires_at=expires_at, manners=ALL_MANNERS,
    )  # fmt: skip
    row = DeliverySource.get_by_id(outbox.put(put, Recipient(follower_id=person)))
    assert (row.type, row.ref, row.step, row.kind) == (put.type, put.ref, put.step, put.kind)
    assert (row.ladder, row.manners) == ("subscribe,template,inbox", "cap,mute,quiet")
    assert (row.priority, row.expires_at, row.state) == (Priority.EMERGENCY, expires_at, SourceState.RUNNING)
    assert unseal(cipher, row.message) == said
    assert "停水" not in row.message
    assert row.audience == 1


def test_whoever_is_put_waits_and_a_worker_is_called_once(outbox: Outbox, bell: Bell, account: Account) -> None:
    ids = people(account, 3)
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(ids))
    assert states(source_id) == {"pending": 3}
    assert told(source_id) == {(None, each) for each in ids}
    assert (audience(source_id), bell.rung) == (3, 1)
    check_truth(source_id)
    check_blocks(source_id)


def test_a_put_that_is_undone_leaves_nothing_and_calls_nobody(outbox: Outbox, bell: Bell, account: Account) -> None:
    (person,) = people(account, 1)

    def decide_and_fail() -> None:
        outbox.put(source(Channel.TEMPLATE), Recipient(follower_id=person))
        outbox.put_all(source(Channel.TEMPLATE), followers=ALL_FOLLOWERS)
        raise RuntimeError("the decision failed")

    with pytest.raises(RuntimeError):
        in_transaction(decide_and_fail)
    assert not DeliverySource.select().exists()
    assert not Delivery.select().exists()
    assert not DeliveryBlock.select().exists()
    assert not DeliveryLane.select().exists()
    assert bell.rung == 0


def test_what_was_undone_is_not_called_for_by_the_next_commit(outbox: Outbox, bell: Bell, account: Account) -> None:
    def fail() -> None:
        outbox.put(source(Channel.TEMPLATE), *followers(people(account, 1)))
        raise RuntimeError("the decision failed")

    with pytest.raises(RuntimeError):
        in_transaction(fail)
    in_transaction(lambda: None)
    assert bell.rung == 0


def test_a_worker_is_called_after_the_commit_of_the_whole_decision(
    outbox: Outbox, bell: Bell, account: Account
) -> None:
    (person,) = people(account, 1)

    def decide() -> int:
        outbox.put(source(Channel.TEMPLATE), Recipient(follower_id=person))
        return bell.rung

    assert in_transaction(decide) == 0
    assert bell.rung == 1


def test_a_worker_that_cannot_be_called_costs_nobody_a_message(runtime: Runtime, account: Account) -> None:
    def broken() -> None:
        raise ConnectionError("the queue is away")

    outbox = Outbox(runtime.cipher, broken)
    with structlog.testing.capture_logs() as logs:
        source_id = outbox.put(source(Channel.TEMPLATE), *followers(people(account, 1)))
    assert states(source_id) == {"pending": 1}
    assert logs[-1] == {"event": "outbox.wake_failed", "error": "ConnectionError", "log_level": "warning"}


def test_a_person_put_twice_is_told_once(outbox: Outbox, bell: Bell, account: Account) -> None:
    (person,) = people(account, 1)
    first = source(Channel.TEMPLATE)
    ids = {outbox.put(first, *followers([person, person])) for _ in range(3)}
    assert len(ids) == 1
    (source_id,) = ids
    assert (states(source_id), audience(source_id), bell.rung) == ({"pending": 1}, 1, 1)
    check_blocks(source_id)


def test_a_later_put_adds_those_who_are_new(outbox: Outbox, account: Account) -> None:
    ids = people(account, 4)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put(first, *followers(ids[:2]))
    assert outbox.put(first, *followers(ids[1:])) == source_id
    assert (audience(source_id), blocks(source_id)) == (4, {lanes.of_follower(ids[0]): 4})
    check_truth(source_id)


def test_what_was_said_first_stays_said(outbox: Outbox, account: Account, cipher: FieldCipher) -> None:
    one, other = people(account, 2)
    first = source(Channel.TEMPLATE, message=Message("一"))
    source_id = outbox.put(first, Recipient(follower_id=one))
    outbox.put(again(first, message=Message("二"), ladder=(Channel.INBOX,)), Recipient(follower_id=other))
    row = DeliverySource.get_by_id(source_id)
    assert (unseal(cipher, row.message).words, row.ladder) == ("一", "template")


@pytest.mark.parametrize("name", ["type", "ref", "step"])
def test_another_name_is_another_source(outbox: Outbox, account: Account, name: str) -> None:
    (person,) = people(account, 1)
    first = source(Channel.TEMPLATE)
    one = outbox.put(first, Recipient(follower_id=person))
    other = outbox.put(again(first, **{name: "other"}), Recipient(follower_id=person))
    assert one != other
    assert (audience(one), audience(other)) == (1, 1)


def test_names_that_differ_in_case_only_are_two_sources(outbox: Outbox, account: Account) -> None:
    (person,) = people(account, 1)
    first = again(source(Channel.TEMPLATE), ref="aB")
    assert outbox.put(first, Recipient(follower_id=person)) != outbox.put(
        again(first, ref="ab"), Recipient(follower_id=person)
    )


def test_a_source_without_people_is_known_and_calls_nobody(outbox: Outbox, bell: Bell) -> None:
    source_id = outbox.put(source(Channel.TEMPLATE))
    assert (audience(source_id), blocks(source_id), bell.rung) == (0, {}, 0)


def test_a_follower_who_is_a_member_is_put_as_the_member(outbox: Outbox, account: Account) -> None:
    one, other = people(account, 2)
    person = member(one, other)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put(first, Recipient(follower_id=one))
    outbox.put(first, Recipient(follower_id=other))
    outbox.put(first, Recipient(member_id=person))
    outbox.put(first, Recipient(member_id=person, follower_id=one))
    assert told(source_id) == {(person, None)}
    assert (audience(source_id), blocks(source_id)) == (1, {lanes.of_member(person): 1})


def test_what_her_message_says_differently_is_kept_with_her_row(
    outbox: Outbox, account: Account, cipher: FieldCipher
) -> None:
    one, other = people(account, 2)
    data = {"words": "您家停水", "fields": {"title": "您家"}}
    source_id = outbox.put(
        source(Channel.TEMPLATE), Recipient(follower_id=one, data=data), Recipient(follower_id=other)
    )
    rows = Delivery.select(Delivery.follower, Delivery.data).where(Delivery.source == source_id)
    kept: dict[int, str | None] = {row.__data__["follower"]: row.data for row in rows}
    hers = kept[one]
    assert kept[other] is None
    assert hers is not None
    assert "您家" not in hers
    assert unseal_data(cipher, hers) == data


def test_nothing_is_due_before_its_time(outbox: Outbox, account: Account) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).replace(microsecond=654321)
    told_, ids = source(Channel.TEMPLATE, not_before=tomorrow), people(account, 2)
    one = outbox.put(told_, *followers(ids))
    other = outbox.put_all(source(Channel.TEMPLATE, not_before=tomorrow), followers=ALL_FOLLOWERS)
    due = {row.source_id: row.due_at for row in DeliveryBlock.select()}
    assert due == {one: tomorrow, other: tomorrow}


def test_a_source_that_does_without_manners_is_noted(outbox: Outbox) -> None:
    with structlog.testing.capture_logs() as logs:
        first = source(Channel.TEMPLATE, manners=ALL_MANNERS - {Manner.QUIET, Manner.CAP})
        outbox.put(first)
        outbox.put(first)
        outbox.put(source(Channel.TEMPLATE, manners=ALL_MANNERS))
    exempt = [entry["without"] for entry in logs if entry["event"] == "outbox.exempt"]
    assert exempt == [[Manner.CAP, Manner.QUIET]]


# An audience


def test_an_audience_is_frozen_with_members_and_followers_together(
    outbox: Outbox, bell: Bell, account: Account
) -> None:
    ids = people(account, 600)
    one, other = member(*ids[:2]), member(ids[2])
    source_id = outbox.put_all(source(Channel.TEMPLATE), ALL_MEMBERS, ALL_FOLLOWERS)
    assert told(source_id) == {(one, None), (other, None), *((None, each) for each in ids[3:])}
    assert (audience(source_id), states(source_id), bell.rung) == (599, {"pending": 599}, 1)
    assert sum(blocks(source_id).values()) == 599
    assert len(blocks(source_id)) >= 3, "one of members, and two lanes of followers at least"
    check_truth(source_id)
    check_blocks(source_id)


def test_followers_who_are_members_are_left_out_unless_asked_for_as_members(outbox: Outbox, account: Account) -> None:
    ids = people(account, 3)
    member(ids[0])
    source_id = outbox.put_all(source(Channel.TEMPLATE), followers=ALL_FOLLOWERS)
    assert told(source_id) == {(None, ids[1]), (None, ids[2])}


def test_only_those_whom_the_query_selects_are_told(outbox: Outbox, account: Account) -> None:
    ids = people(account, 4)
    some = ALL_FOLLOWERS.where(WechatIdentity.id.in_(ids[1:3]), WechatIdentity.follow_state == FollowState.FOLLOWING)
    assert told(outbox.put_all(source(Channel.TEMPLATE), followers=some)) == {(None, ids[1]), (None, ids[2])}


def test_whoever_follows_later_is_not_told(outbox: Outbox, bell: Bell, account: Account) -> None:
    people(account, 3)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put_all(first, ALL_MEMBERS, ALL_FOLLOWERS)
    people(account, 2, first=3)
    assert outbox.put_all(first, ALL_MEMBERS, ALL_FOLLOWERS) == source_id
    assert (audience(source_id), states(source_id), bell.rung) == (3, {"pending": 3}, 1)
    check_blocks(source_id)


def test_an_audience_of_nobody_is_no_fault(outbox: Outbox, runtime: Runtime) -> None:
    source_id = outbox.put_all(source(Channel.TEMPLATE), ALL_MEMBERS, ALL_FOLLOWERS)
    assert (audience(source_id), blocks(source_id)) == (0, {})
    assert outbox.put_all(source(Channel.TEMPLATE)) != source_id


def test_somebody_is_added_to_a_frozen_audience_once(outbox: Outbox, account: Account) -> None:
    ids = people(account, 2)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put_all(first, followers=ALL_FOLLOWERS.where(WechatIdentity.id == ids[0]))
    outbox.put(first, *followers(ids))
    assert (audience(source_id), states(source_id)) == (2, {"pending": 2})
    check_truth(source_id)
    check_blocks(source_id)


def test_five_thousand_are_frozen_in_lanes_to_the_unit(outbox: Outbox, account: Account) -> None:
    ids = people(account, 5000)
    source_id = outbox.put_all(source(Channel.TEMPLATE), followers=ALL_FOLLOWERS)
    waiting = blocks(source_id)
    assert (audience(source_id), sum(waiting.values())) == (5000, 5000)
    assert waiting.keys() == {lanes.of_follower(each) for each in ids}
    assert max(waiting.values()) == lanes.WIDTH
    check_truth(source_id)
    check_blocks(source_id)


# Many at once


def test_many_who_put_the_same_at_once_leave_one_source_and_the_right_audience(
    outbox: Outbox, account: Account
) -> None:
    ids = people(account, 40)
    first = source(Channel.TEMPLATE)

    def some(worker: int) -> Sequence[int]:
        """Everybody is put by two threads, in opposite order."""
        mine = [ids[(2 * worker + each) % 40] for each in range(4)]
        return mine if worker % 2 else mine[::-1]

    puts = [partial(outbox.put, first, *followers(some(worker))) for worker in range(20)]
    (source_id,) = set(at_once(*puts))
    assert DeliverySource.select().count() == 1
    assert (audience(source_id), states(source_id)) == (40, {"pending": 40})
    check_truth(source_id)
    check_blocks(source_id)


def test_an_audience_frozen_by_many_at_once_is_frozen_once(outbox: Outbox, bell: Bell, account: Account) -> None:
    people(account, 30)
    first = source(Channel.TEMPLATE)
    freezes = [partial(outbox.put_all, first, followers=ALL_FOLLOWERS) for _ in range(8)]
    (source_id,) = set(at_once(*freezes))
    assert (audience(source_id), bell.rung) == (30, 1)
    check_truth(source_id)
    check_blocks(source_id)
