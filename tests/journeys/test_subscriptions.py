"""What a person allows on her phone is what the house counts: pop-up, settings, leaving, and a wish for silence."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from backend.followers import queries as followers
from backend.settings import Settings
from backend.subscriptions import queries
from backend.wechat.calls.subscriptions import Term
from backend.wechat.keywords import keys_of
from handlers import phrases
from models.base import database
from models.deliveries import Channel
from models.followers import WechatIdentity
from models.subscriptions import SubscriptionCredit, TemplateTerm
from tests.conftest import OFFICIAL
from tests.processes import ROOT
from tests.served import MINIPROGRAM, House, environment
from tests.simulated import Phone, Platform, wait_for, words

CHANGED = "subscribe_msg_change_event"
pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def visitor(platform: Platform) -> Phone:
    """The same person in the mini-program."""
    return platform.phone(MINIPROGRAM.app_id)


def _template(house: House, app_id: str, term: Term = Term.ONE_OFF) -> str:
    held = house.runtime.gateway(app_id).subscriptions.all()
    return next(one.id for one in held if one.term is term)


def _ask(phone: Phone, verb: str, body: dict[str, Any]) -> None:
    """She does it, and the platform tells us."""
    before = len(phone.platform.pushes())
    phone.platform.ask("POST", f"people/{phone.pid}/chats/{phone.app_id}/{verb}", body)
    wait_for(lambda: all(push["outcome"] == "ok" for push in phone.platform.pushes()[before:] or [{"outcome": ""}]))


def _answer(phone: Phone, template_id: str, choice: str = "accept") -> None:
    _ask(phone, "subscribe", {"template_ids": [template_id], "answers": {template_id: choice}})


def _follower_id(phone: Phone) -> int:
    row = WechatIdentity.get(WechatIdentity.openid == phone.openid)
    database.close()
    return int(row.id)


def _credit(phone: Phone, template_id: str) -> tuple[int, int]:
    row = SubscriptionCredit
    found = row.get_or_none(row.follower == _follower_id(phone), row.template_id == template_id)
    database.close()
    return (0, 0) if found is None else (found.left, found.lasting)


def _manage(settings: Settings, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, timeout=30, check=False)
    assert "Traceback" not in done.stderr.decode()
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def _shown_credits(phone: Phone, template_id: str) -> int:
    """What the platform itself would let us send."""
    items = phone.platform.ask("GET", f"people/{phone.pid}/chats/{phone.app_id}/subscriptions")["items"]
    return int(next(item["credits"] for item in items if item["template_id"] == template_id))


@pytest.mark.parametrize("app_id", [MINIPROGRAM.app_id, OFFICIAL.app_id])
def test_each_yes_in_a_pop_up_is_one_message_as_the_platform_counts(
    platform: Platform, house: House, app_id: str
) -> None:
    phone = platform.phone(app_id)
    template_id = _template(house, app_id)
    for number in (1, 2):
        platform.advance(2)  # two events of one second and one content would be one
        _answer(phone, template_id)
        assert _credit(phone, template_id) == (number, 0)
        assert _shown_credits(phone, template_id) == number
    _answer(phone, template_id, "reject")
    assert _credit(phone, template_id) == (2, 0)
    assert _shown_credits(phone, template_id) == 2


def test_switched_off_on_the_settings_page_is_nothing_left(visitor: Phone, house: House) -> None:
    template_id = _template(house, MINIPROGRAM.app_id)
    _answer(visitor, template_id)
    _ask(visitor, "subscriptions", {"template_id": template_id, "on": False})
    assert CHANGED in visitor.platform.pushes()[-1]["title"]
    assert _credit(visitor, template_id) == (0, 0) == (_shown_credits(visitor, template_id), 0)
    visitor.platform.advance(2)
    _answer(visitor, template_id)
    assert _credit(visitor, template_id) == (1, 0)


def test_a_lasting_kind_that_is_bound_is_allowed_for_good(visitor: Phone, house: House, house_at: Settings) -> None:
    template_id = _template(house, MINIPROGRAM.app_id, Term.LONG)
    code, said = _manage(house_at, "template", "bind", MINIPROGRAM.app_id, "progress", template_id, *_pairs(house))
    assert (code, "已绑定：progress 通过 subscribe" in said) == (0, True), said
    _answer(visitor, template_id)
    assert _credit(visitor, template_id) == (0, 1)
    assert [message for message in visitor.messages() if message["by"] == "account"] == []


def _pairs(house: House, app_id: str = MINIPROGRAM.app_id, term: Term = Term.LONG) -> list[str]:
    held = house.runtime.gateway(app_id).subscriptions.all()
    content = next(one.content for one in held if one.term is term)
    return [f"{key}=field_{number}" for number, key in enumerate(keys_of(content))]


def test_the_same_event_many_times_is_counted_once(visitor: Phone, house: House) -> None:
    template_id = _template(house, MINIPROGRAM.app_id)
    chosen = {"TemplateId": template_id, "SubscribeStatusString": "accept", "PopupScene": "0"}
    event = {"MsgType": "event", "Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": [chosen]}}
    attempts = visitor.platform.push(MINIPROGRAM.app_id, visitor.pid, event, copies=6)
    assert {attempt["plain"] for attempt in attempts} == {"success"}
    assert _credit(visitor, template_id) == (1, 0)


def test_who_leaves_takes_all_she_allowed_with_her(phone: Phone, house: House) -> None:
    phone.follow()
    template_id = _template(house, OFFICIAL.app_id)
    _answer(phone, template_id)
    assert _credit(phone, template_id) == (1, 0)
    phone.platform.advance(2)
    phone.unfollow()
    assert SubscriptionCredit.select().count() == 0


def test_who_wants_to_be_left_alone_is_told_until_when_and_can_undo_it(phone: Phone) -> None:
    phone.follow()
    said = words(phone.text("免打扰"))
    until = followers.muted_until(_follower_id(phone))
    assert until is not None
    last = clock.beijing(until - timedelta(seconds=1))
    assert said == phrases.MUTED.format(until=f"{last.month}月{last.day}日")
    assert f"到{last.month}月{last.day}日" in words(phone.text("隐私"))
    assert words(phone.text("恢复通知")) == phrases.UNMUTED
    assert followers.muted_until(_follower_id(phone)) is None
    assert words(phone.text("隐私")) == phrases.PRIVACY.format(held=f"{phrases.HELD_FOLLOW}\n{phrases.HELD_LAST}")


def test_she_is_told_how_many_kinds_of_message_she_allows(phone: Phone, house: House) -> None:
    phone.follow()
    _answer(phone, _template(house, OFFICIAL.app_id))
    assert phrases.HELD_SUBSCRIPTIONS.format(count=1) in words(phone.text("隐私"))


def test_a_visitor_of_the_mini_program_is_answered_through_the_api(visitor: Phone, house: House) -> None:
    assert visitor.text("免打扰") == []
    house.work()
    visitor.wait_for("text", phrases.MUTED.partition("{")[0])
    assert followers.muted_until(_follower_id(visitor)) is not None


def test_an_operator_lists_binds_and_unbinds(house: House, house_at: Settings) -> None:
    app_id = OFFICIAL.app_id
    account = house.runtime.account(app_id)
    notice, template = _template(house, app_id), house.runtime.gateway(app_id).templates.all()[0]
    code, said = _manage(house_at, "template", "list", app_id)
    assert (code, notice in said, template.id in said, "已绑定" in said) == (0, True, True, False)
    pairs = [f"{key}=field_{number}" for number, key in enumerate(keys_of(template.content))]
    assert _manage(house_at, "template", "bind", app_id, "outage", template.id, *pairs)[0] == 0
    assert _manage(house_at, "template", "bind", app_id, "outage", notice, *_pairs(house, app_id, Term.ONE_OFF))[0] == 0
    bound = queries.bindings()
    assert {key: one.term for key, one in bound.items()} == {
        (account.id, Channel.TEMPLATE, "outage"): TemplateTerm.NONE,
        (account.id, Channel.NOTICE, "outage"): TemplateTerm.ONE_OFF,
    }
    assert bound[account.id, Channel.TEMPLATE, "outage"].fields == dict(pair.split("=") for pair in pairs)
    _, said = _manage(house_at, "template", "list", app_id)
    assert said.count("已绑定：outage") == 2
    assert _manage(house_at, "template", "unbind", app_id, "notice", "outage")[0] == 0
    assert queries.bindings().keys() == {(account.id, Channel.TEMPLATE, "outage")}


def test_a_binding_that_does_not_fit_is_refused_with_sentences_and_nothing_is_bound(
    house: House, house_at: Settings
) -> None:
    app_id = OFFICIAL.app_id
    notice, mini = _template(house, app_id), _template(house, MINIPROGRAM.app_id)
    for arguments, sentence in (
        (("bind", app_id, "outage", notice, "nothing1=title"), "nothing1：模板里没有这一项"),
        (("bind", app_id, "outage", notice), "还没有说用消息的哪个字段来填"),
        (("bind", app_id, "outage", notice, "thing1"), "thing1：要写成"),
        (("bind", app_id, "Out age", notice), "kind：消息种类应以小写字母开头"),
        (("bind", app_id, "outage", mini, "thing1=title"), f"没有模板「{mini}」"),
        (("bind", "wxnobody", "outage", notice), "没有接入账号 wxnobody"),
        (("list", "wxnobody"), "没有接入账号 wxnobody"),
        (("unbind", app_id, "notice", "outage"), "「outage」没有绑定「notice」的模板"),
        (("unbind", app_id, "custom", "outage"), "只能是 subscribe、notice、template"),
    ):
        code, said = _manage(house_at, "template", *arguments)
        assert (code, sentence in said) == (2, True), said
    assert queries.bindings() == {}
