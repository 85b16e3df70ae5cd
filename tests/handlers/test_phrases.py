"""What the account says fits the platform, reads like Chinese, and never shows a placeholder."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from backend import clock
from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.accounts.queries import Account
from backend.consents.texts import FIRST
from backend.followers import actions as followers
from backend.members import actions, numbers, rules
from backend.outbox.actions import Recipient
from backend.outbox.messages import unseal
from backend.runtime import Runtime
from backend.storage import migrations
from backend.wechat.lengths import MAX_TEXT_BYTES
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers import messages, phrases, places, table
from handlers.talk import Talk
from models.deliveries import Channel, DeliverySource
from models.places import ContactRole, Place, PlaceContact, PlaceLevel
from tests import people
from tests.conftest import OFFICIAL, make_settings
from tests.outboxes import source

HEAD = ("o9AgO5Kd", "gh_97417a04a28d", datetime(2026, 11, 21, tzinfo=UTC), "m:1")
LONG = "慢" * 64
CODE = "99" + "A" * 30
WHOM = {"role": max(phrases.ROLES.values(), key=len), "name": "慢" * 20, "phone": "0" * 20, "hours": "慢" * 40}
CONTACT = phrases.CONTACT_HOURS.format(**WHOM)
WORDS = {name: value for name, value in vars(phrases).items() if name.isupper() and isinstance(value, str)}
FILLED = {
    "account": LONG,
    "place": LONG,
    "code": CODE,
    "text": "🏮" * 100,
    "number": "0123abcd",
    "held": "\n".join(
        [
            phrases.HELD_FOLLOW,
            phrases.HELD_PLACE.format(place=LONG),
            phrases.HELD_MUTED.format(until="12月31日"),
            phrases.HELD_SUBSCRIPTIONS.format(count=1000),
            phrases.HELD_LAST,
        ]
    ),
    "until": "12月31日",
    "day": "12月31日",
    "words": "🏮" * 90,
    "letters": "\n\n".join([phrases.LETTER.format(day="12月31日", words="🏮" * 90)] * messages.MOST),
    "count": "1000",
    "contacts": "\n\n".join([f"{phrases.CONTACTS_OF.format(place=LONG)}\n{CONTACT}\n{CONTACT}"] * (places.MOST // 2)),
    **WHOM,
    "name": "慢" * 30,
    "phone": "199******01",
    "link": "https://wxaurl.cn/" + "x" * 40,
    "receipt": "T20261122-5A3AF3F7",
    "titles": "、".join(title for title, _ in FIRST.values()),
    "topics": "、".join(rules.TOPICS.values()),
    "kind": max(phrases.KINDS.values(), key=len),
    "device": "开发者工具",
    "address": "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "login": "a" * 32,
}
OF_CONVERSATION = {"WORKING", "BUSY", "FAILED"}
OF_PLATFORM = {"REGISTER", "REGISTER_PLACE", "REGISTER_LATER"}
"""Heard in tests/journeys/test_members.py, where there is a mini-program to register with."""


OF_STAFF = {"DESK_SCANNED", "DESK_BINDING", "DESK_SIGNED_IN", "DESK_BOUND"}
"""Heard in tests/handlers/test_desk.py by staff who scan the code on their screen."""


def _blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("name", WORDS)
def test_a_phrase_fits_with_the_longest_words_filled_in(name: str) -> None:
    assert _blanks(WORDS[name]) <= FILLED.keys()
    assert len(WORDS[name].format(**FILLED).encode()) <= MAX_TEXT_BYTES


@pytest.mark.parametrize("name", WORDS)
def test_a_phrase_uses_chinese_punctuation(name: str) -> None:
    wrong = re.findall("[\u4e00-\u9fff」）][,:;!?][^0-9]|[,:;!?][\u4e00-\u9fff「（]", WORDS[name] + "\n")
    assert wrong == []


@pytest.mark.parametrize("name", WORDS)
def test_a_phrase_has_no_stray_space(name: str) -> None:
    assert WORDS[name] == WORDS[name].strip()
    assert "  " not in WORDS[name]


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    """A process whose names are as long as they may be. The engine does not matter here."""
    made = runtimes.start(make_settings(tmp_path))
    migrations.apply(made.database)
    accounts.put(replace(OFFICIAL, name=LONG), made.cipher)
    street = {"level": PlaceLevel.STREET, "changed_at": clock.now()}
    above = Place.create(code="99", name=LONG, **street)
    community = {**street, "level": PlaceLevel.COMMUNITY, "latitude": 30.4, "longitude": 112.8, "parent": above}
    place = Place.create(code=CODE, name=LONG, **community)
    PlaceContact.create(place=place, **{**WHOM, "role": ContactRole.OFFICE, "hours": ""}, position=1)
    PlaceContact.create(place=above, **{**WHOM, "role": ContactRole.DOCTOR}, position=1)
    yield made
    made.close()


MESSAGES: list[m.Inbound] = [
    m.Text(*HEAD, "隐私"),  # while she does not follow
    m.Subscribe(*HEAD),
    m.Subscribe(*HEAD, f"place.{CODE}"),
    *(
        m.Text(*HEAD, said)
        for said in (
            "帮助",
            "社区",
            "我的社区",
            "隐私",
            "邀请",
            "忘记社区",
            f"记住{CODE}",
            "记住" + "Z" * 32,
            "联络员",
            "注册",
            "退订",
            "我的订阅",
            "恢复通知",
            "注销",
            "确认注销",
            "胡言",
        )
    ),
    m.SubscribePopup(*HEAD, (m.Choice("T1", "accept"),)),
    *(m.Text(*HEAD, said) for said in ("免打扰", "隐私", "恢复通知", "消息")),
    m.Click(*HEAD, "human"),
    m.Location(*HEAD, 30.4, 112.8),
    m.Location(*HEAD, 0.0, 0.0),
    m.Scan(*HEAD, f"place.{CODE}"),
    m.Scan(*HEAD, "place.gone"),
    m.ScanCode(*HEAD, "sign", "qrcode", "🏮" * 300, waits=True),
    m.Image(*HEAD, "M1"),
    m.Voice(*HEAD, "M1"),
    m.Video(*HEAD, "M1"),
    m.Link(*HEAD, "t", "u"),
    m.MiniProgramPage(*HEAD, "t", "a", "p"),
]


def _said(runtime: Runtime, remembers: bool) -> list[str]:
    """What is answered to each message by somebody whose community we know or do not know."""
    account, said = runtime.account(OFFICIAL.app_id), []
    for message in MESSAGES:
        follower = followers.meet(account.id, message.openid)
        followers.forget_place(follower.id)
        if remembers:
            followers.remember_place(follower.id, Place.get(Place.code == CODE).id)
            runtime.outbox.put(source(Channel.INBOX), Recipient(follower_id=follower.id))
            runtime.engine.work()
        talk = Talk(runtime, account, message, followers.meet(account.id, message.openid))
        reply = table.route_of(message).answer(talk)
        if isinstance(reply, TextReply):
            said.append(reply.content)
    return said


def _heard(runtime: Runtime, account: Account, openid: str, words: str) -> str:
    message = m.Text(openid, *HEAD[1:], words)
    reply = table.route_of(message).answer(Talk(runtime, account, message, followers.meet(account.id, openid)))
    assert isinstance(reply, TextReply)
    return reply.content


def _said_to_member(runtime: Runtime) -> list[str]:
    """What somebody hears who told us everything that can be told, until she leaves."""
    account, openid, said = runtime.account(OFFICIAL.app_id), "oMember", []
    until = {skill: clock.now() + timedelta(days=1) for skill in rules.SKILLS}
    told = people.application("慢" * 30, unit="慢" * 40, skills=until, topics=frozenset(rules.TOPICS))
    member_id = people.member(runtime, account, openid, told=told)
    runtime.members.add_ward(member_id, "陈小雨", clock.now().year - 3, 1)
    actions.restrict(member_id)
    for words in ("我的资料", "注册", "我的订阅", "退订", "恢复通知", "恢复通知", "确认注销", "确认注销", "注销"):
        said.append(_heard(runtime, account, openid, words))
    numbers.drop(people.member(runtime, account, openid, people.number(2)))
    said.append(_heard(runtime, account, openid, "我的资料"))
    return said


def _told(runtime: Runtime) -> list[str]:
    """What is sent by a message of its own."""
    return [unseal(runtime.cipher, source.message).words for source in DeliverySource.select()]


def test_every_phrase_is_said_somewhere_and_never_with_a_blank(runtime: Runtime) -> None:
    said = _said(runtime, remembers=False) + _said(runtime, remembers=True)
    PlaceContact.delete().execute()
    said += _said(runtime, remembers=True) + _told(runtime) + _said_to_member(runtime)
    blanks = [f"{{{name}}}" for name in FILLED]
    assert [words for words in said if any(blank in words for blank in blanks)] == []
    assert [words for words in said if len(words.encode()) > MAX_TEXT_BYTES] == []
    said += [line for words in said for line in words.splitlines()]  # what is held is said line by line
    unsaid = {name for name, words in WORDS.items() if not any(_shape(words).fullmatch(heard) for heard in said)}
    assert unsaid == OF_CONVERSATION | OF_PLATFORM | OF_STAFF


def _shape(words: str) -> re.Pattern[str]:
    parts = (re.escape(text) + (".*" if name is not None else "") for text, name, _, _ in Formatter().parse(words))
    return re.compile("".join(parts), re.DOTALL)


def test_what_the_conversation_says_by_itself_has_only_the_number_to_fill_in() -> None:
    assert {name: _blanks(WORDS[name]) for name in OF_CONVERSATION} == {
        "WORKING": set(),
        "BUSY": set(),
        "FAILED": {"number"},
    }


def test_a_name_with_braces_is_shown_as_it_is(runtime: Runtime) -> None:
    Place.update(name="{code}社区{0}").where(Place.code == CODE).execute()
    assert any("您在{code}社区{0}。" in words for words in _said(runtime, remembers=False))


def test_a_day_is_said_as_people_say_it() -> None:
    assert phrases.day(date(2026, 12, 1)) == "12月1日"
