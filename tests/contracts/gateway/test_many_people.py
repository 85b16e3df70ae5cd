"""Calls that go through many people: in pages, in fifties, twenties and hundreds, and past those who cannot be done."""

import pytest

from backend.wechat.failures import BadRequest
from tests.contracts.gateway.given import Given

TAGGING = "/cgi-bin/tags/members/batchtagging"


def test_followers_come_in_pages_of_ten_thousand(given: Given) -> None:
    crowd = given.crowd(10_050)
    pages = list(given.gateway.users.followers())
    assert [len(page) for page in pages] == [10_000, 51]
    assert {openid for page in pages for openid in page} == {given.openid, *crowd}
    assert list(given.gateway.users.followers(after=crowd[9_999])) == [crowd[10_000:]]


def test_a_full_last_page_of_followers_is_the_last(given: Given) -> None:
    given.crowd(9_999)
    given.platform.forget_traffic()
    assert [len(page) for page in given.gateway.users.followers()] == [10_000]
    assert len(given.platform.calls("/cgi-bin/user/get")) == 2, "the platform names a next page that has no data"


def test_an_account_nobody_follows_has_no_page(given: Given) -> None:
    given.phone.unfollow()
    assert list(given.gateway.users.followers()) == []


def test_members_of_a_tag_come_in_pages_of_ten_thousand(given: Given) -> None:
    tag, crowd = given.tag(), given.crowd(10_001)
    given.gateway.tags.tag(tag, crowd)
    assert list(given.gateway.tags.members(tag)) == [crowd[:10_000], crowd[10_000:]]
    assert next(each.count for each in given.gateway.tags.all() if each.id == tag) == 10_001


def test_people_are_described_a_hundred_in_each_call_and_in_order(given: Given) -> None:
    asked = [given.stranger().openid, *given.crowd(201)]
    given.platform.forget_traffic()
    told = given.gateway.users.infos(asked)
    assert [each.openid for each in told] == asked
    assert [each.subscribed for each in told] == [False] + [True] * 201
    assert len(given.platform.calls("/cgi-bin/user/info/batchget")) == 3


def test_people_are_tagged_fifty_in_each_call(given: Given) -> None:
    tag, crowd = given.tag(), given.crowd(120)
    given.platform.forget_traffic()
    given.gateway.tags.tag(tag, crowd)
    assert len(given.platform.calls(TAGGING)) == 3
    given.gateway.tags.untag(tag, crowd[:60])
    assert list(given.gateway.tags.members(tag)) == [crowd[60:]]


@pytest.mark.parametrize("verb", ["tag", "untag"])
def test_who_does_not_follow_holds_nobody_else_up_and_is_named(given: Given, verb: str) -> None:
    tag, crowd, gone = given.tag(), given.crowd(120), given.stranger().openid
    if verb == "untag":
        given.gateway.tags.tag(tag, crowd)
    change = getattr(given.gateway.tags, verb)
    with pytest.raises(BadRequest) as raised:
        change(tag, [*crowd[:3], gone, *crowd[3:]])
    assert (raised.value.errcode, raised.value.sent) == (45171, False)
    assert list(raised.value.answer["fail_openid_list"]) == [gone]
    assert list(given.gateway.tags.members(tag)) == ([crowd] if verb == "tag" else [])


def test_a_refusal_that_concerns_the_tag_ends_the_tagging(given: Given) -> None:
    crowd = given.crowd(120)
    given.platform.forget_traffic()
    with pytest.raises(BadRequest) as raised:
        given.gateway.tags.tag(999_999, crowd)
    assert raised.value.errcode == 45159
    assert len(given.platform.calls(TAGGING)) == 1


def test_the_blacklist_takes_twenty_in_each_call_and_comes_in_pages_of_a_thousand(given: Given) -> None:
    crowd = given.crowd(1_001)
    given.platform.forget_traffic()
    given.gateway.users.block(crowd)
    assert len(given.platform.calls("/cgi-bin/tags/members/batchblacklist")) == 51
    assert list(given.gateway.users.blacklist()) == [crowd[:1_000], crowd[1_000:]]
    given.gateway.users.unblock(crowd)
    assert list(given.gateway.users.blacklist()) == []


def test_a_remark_is_told_with_its_follower_and_taken_away_by_an_empty_one(given: Given) -> None:
    given.gateway.users.set_remark(given.openid, "巷口修车")
    assert given.gateway.users.info(given.openid).remark == "巷口修车"
    given.gateway.users.set_remark(given.openid, "")
    assert given.gateway.users.info(given.openid).remark == ""


def test_the_tags_of_a_follower_are_told_with_her(given: Given) -> None:
    tags = [given.tag(), given.tag()]
    for tag in tags:
        given.gateway.tags.tag(tag, [given.openid])
    assert given.gateway.users.info(given.openid).tag_ids == tuple(tags)
    assert given.gateway.tags.of(given.openid) == tuple(tags)
