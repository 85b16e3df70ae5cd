"""What somebody is sent, and what not any more: 「我的订阅」, 「退订」 and 「恢复通知」 with real broadcasts."""

import pytest

from backend.members import queries as members
from backend.outbox.channels import Manner
from handlers import phrases
from jobs import interactions
from jobs import members as jobs
from models.consents import ConsentReceipt, Purpose, Through
from models.deliveries import Channel, Priority
from models.followers import FollowState, WechatIdentity
from tests.outboxes import source, states
from tests.served import House
from tests.simulated import Phone, Platform, words
from tests.visitors import Visitor

NOTICE = "明天上午停水，请提前储水。"
pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def neighbour(platform: Platform, phone: Phone) -> Phone:
    """Somebody who follows and never registered."""
    made = platform.phone(phone.app_id, "p2")
    made.follow()
    return made


@pytest.fixture
def member(visitor: Visitor, phone: Phone, house: House) -> Visitor:
    phone.follow()
    visitor.sign_in()
    visitor.register(topics=["jobs"])
    jobs.learn_unionids(house.runtime)
    return visitor


def _put(house: House, priority: Priority = Priority.BROADCAST) -> int:
    """A broadcast to every member who agrees and every follower, put and not yet sent."""
    followers = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.follow_state == FollowState.FOLLOWING)
    told = source(Channel.CUSTOM, priority=priority, manners=frozenset({Manner.MUTE}))
    return house.runtime.outbox.put_all(told, members.to_be_told(), followers)


def _broadcast(house: House) -> None:
    interactions.write_behind(house.runtime)
    _put(house)
    house.work()


def _notices(phone: Phone) -> int:
    return sum(message.get("content") == NOTICE for message in phone.messages())


def test_member_and_follower_hear_what_they_did_not_decline(
    member: Visitor, phone: Phone, neighbour: Phone, house: House
) -> None:
    for each in (phone, neighbour):
        each.text("帮助")
    _broadcast(house)
    assert (_notices(phone), _notices(neighbour)) == (1, 1)


def test_who_takes_her_consent_back_is_sent_nothing_until_she_gives_it_again(
    member: Visitor, phone: Phone, neighbour: Phone, house: House
) -> None:
    said, receipt = words(phone.text("退订")), _receipt()
    assert said == phrases.STOPPED_MEMBER.format(receipt=receipt.number)
    assert (receipt.purpose, receipt.given, receipt.through) == (Purpose.NOTICES, False, Through.CHAT)
    neighbour.text("帮助")
    _broadcast(house)
    assert (_notices(phone), _notices(neighbour)) == (0, 1)
    assert not _agrees(member)

    said, receipt = words(phone.text("恢复通知")), _receipt()
    assert said == phrases.AGREED_NOTICES.format(receipt=receipt.number)
    assert (receipt.given, receipt.through) == (True, Through.CHAT)
    assert _agrees(member)
    _broadcast(house)
    assert _notices(phone) == 1


def test_a_follower_who_wants_no_notices_is_sent_none_until_she_says_otherwise(
    member: Visitor, phone: Phone, neighbour: Phone, house: House
) -> None:
    assert words(neighbour.text("退订")) == phrases.STOPPED
    phone.text("帮助")
    _broadcast(house)
    assert (_notices(phone), _notices(neighbour)) == (1, 0)
    assert words(neighbour.text("恢复通知")) == phrases.UNMUTED
    _broadcast(house)
    assert _notices(neighbour) == 1
    assert ConsentReceipt.select().where(ConsentReceipt.through == Through.CHAT).count() == 0


@pytest.mark.parametrize("by", ["chat", "api", "restriction"])
def test_a_broadcast_that_waits_does_not_reach_who_took_her_consent_back(
    member: Visitor, phone: Phone, neighbour: Phone, house: House, by: str
) -> None:
    for each in (phone, neighbour):
        each.text("帮助")
    interactions.write_behind(house.runtime)
    source_id = _put(house)
    if by == "chat":
        phone.text("退订")
    elif by == "api":
        member.ask("DELETE", "/me/consents/notices")
    else:
        member.ask("PUT", "/me/restriction")
    house.work()
    assert (_notices(phone), _notices(neighbour)) == (0, 1)
    assert states(source_id) == {"unreachable": 1, "accepted": 1}


def test_a_broadcast_that_waits_does_not_reach_a_follower_who_declined(neighbour: Phone, house: House) -> None:
    neighbour.text("帮助")
    interactions.write_behind(house.runtime)
    _put(house)
    neighbour.text("退订")
    house.work()
    assert _notices(neighbour) == 0


def test_what_she_asked_for_herself_reaches_her_all_the_same(member: Visitor, phone: Phone, house: House) -> None:
    phone.follow("place.990101")
    phone.text("退订")
    phone.text("邀请")
    interactions.write_behind(house.runtime)
    house.work()
    assert phone.wait_for("text", "30 天内有效")


def test_she_is_told_what_she_will_be_sent(member: Visitor, phone: Phone, neighbour: Phone) -> None:
    said = words(phone.text("我的订阅"))
    assert "· 您同意的：成为社区成员、接收社区通知、" in said
    assert "· 您想看的话题：找工作" in said
    phone.text("退订")
    assert "接收社区通知" not in words(phone.text("我的订阅"))
    member.ask("DELETE", "/me/consents/interests")
    assert "您想看的话题" not in words(phone.text("我的订阅"))
    assert phrases.ALLOWED_FOLLOWER in words(neighbour.text("我的订阅"))
    neighbour.text("退订")
    assert phrases.ALLOWED_SILENT in words(neighbour.text("我的订阅"))
    neighbour.text("恢复通知")
    assert phrases.ALLOWED_SILENT not in words(neighbour.text("我的订阅"))


def _receipt() -> ConsentReceipt:
    found: ConsentReceipt = ConsentReceipt.select().order_by(ConsentReceipt.id.desc()).get()
    return found


def _agrees(member: Visitor) -> bool:
    given = {each["purpose"]: each["given"] for each in member.ask("GET", "/me/consents")["items"]}
    return bool(given["notices"])
