"""Who asks for the liaison or for a telephone number is told the duty numbers of her community."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions as followers
from backend.places import actions, queries
from backend.runtime import Runtime
from backend.wechat.pushes.messages import Text
from backend.wechat.pushes.replies import TextReply
from handlers import phrases, places, table
from handlers.talk import Talk

PLACES = """code,name,level,parent,lat,lng
9901,慢城街道,street,,,
990101,春晓社区,community,9901,,
"""
CONTACTS = """code,role,name,phone,hours
990101,liaison,王老师,0799-5550101,周一至周五
990101,office,服务站,0799-5550102,
9901,police,值班室,110,全天
"""


@pytest.fixture
def talk(runtime: Runtime, account: Account) -> Talk:
    """She says what she wants, and we remember her community."""
    actions.import_sheet(PLACES)
    community = queries.by_code("990101")
    assert community is not None
    follower = followers.meet(account.id, "oA")
    followers.remember_place(follower.id, community.id)
    message = Text("oA", "gh_1", clock.now(), "m:1", "联络员")
    return Talk(runtime, account, message, followers.meet(account.id, "oA"))


def _answer(talk: Talk) -> str:
    reply = table.route_of(talk.message).answer(talk)
    assert isinstance(reply, TextReply)
    return reply.content


@pytest.mark.parametrize("said", ["联络员", "我的联络员", "电话？"])
def test_these_words_ask_for_contacts(said: str) -> None:
    assert table.route_of(Text("oA", "gh_1", clock.now(), "m:1", said)).answer is places.contacts


def test_the_contacts_of_her_community_are_told_with_the_place_that_published_them(talk: Talk) -> None:
    actions.import_contacts(CONTACTS)
    assert _answer(talk).startswith(
        "春晓社区：\n联络员 王老师 0799-5550101（周一至周五）\n服务站 服务站 0799-5550102\n\n"
        "慢城街道：\n民警 值班室 110（全天）\n\n"
    )


def test_a_community_that_published_none_is_said(talk: Talk) -> None:
    assert _answer(talk) == phrases.NO_CONTACTS.format(place="春晓社区")


def test_whose_community_we_do_not_know_is_asked_for_it(talk: Talk) -> None:
    actions.import_contacts(CONTACTS)
    followers.forget_place(talk.follower.id)
    stranger = Talk(talk.runtime, talk.account, talk.message, followers.meet(talk.account.id, "oA"))
    assert _answer(stranger) == phrases.NO_PLACE


def test_of_very_many_contacts_the_first_are_told(talk: Talk) -> None:
    lines = [f"990101,police,第{number}警务室,0799-55501{number},全天" for number in range(10, 30)]
    actions.import_contacts("\n".join(["code,role,name,phone,hours", *lines]))
    assert _answer(talk).count("民警") == places.MOST
