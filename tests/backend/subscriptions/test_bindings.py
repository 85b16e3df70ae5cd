"""A kind of message is bound to a template that fits it, and what does not fit is refused with sentences."""

from dataclasses import replace
from functools import partial

import pytest

from backend.accounts import actions as accounts
from backend.accounts.queries import Account
from backend.errors import InvalidInput, NotFound
from backend.runtime import Runtime
from backend.subscriptions import actions, listing, queries, rules
from backend.subscriptions.queries import Binding
from backend.subscriptions.rules import Offer
from models.accounts import AccountKind
from models.deliveries import Channel
from models.subscriptions import MessageTemplate, TemplateTerm
from tests.served import MINIPROGRAM
from tests.threads import at_once

FIELDS = {"thing1": "title", "time2": "when"}
NOTICE = Offer(
    Channel.NOTICE, "so-1_aB", "停水通知", "事项:{{thing1.DATA}}\n时间:{{time2.DATA}}\n", TemplateTerm.ONE_OFF
)
TEMPLATE = replace(NOTICE, channel=Channel.TEMPLATE, id="tm-1", term=TemplateTerm.NONE)
SUBSCRIBE = replace(NOTICE, channel=Channel.SUBSCRIBE, id="mp-1", term=TemplateTerm.LONG)


@pytest.fixture
def mini(runtime: Runtime) -> Account:
    accounts.put(MINIPROGRAM, runtime.cipher)
    runtime.accounts.forget()
    return runtime.account(MINIPROGRAM.app_id)


def test_what_was_bound_is_read_by_account_channel_and_kind(account: Account, mini: Account) -> None:
    for where, offer in ((account, NOTICE), (account, TEMPLATE), (mini, SUBSCRIBE)):
        actions.bind(where.id, "outage", offer, FIELDS)
    bound = queries.bindings()
    assert bound.keys() == {
        (account.id, Channel.NOTICE, "outage"),
        (account.id, Channel.TEMPLATE, "outage"),
        (mini.id, Channel.SUBSCRIBE, "outage"),
    }
    expected = Binding(mini.id, Channel.SUBSCRIBE, "outage", "mp-1", TemplateTerm.LONG, FIELDS)
    assert bound[mini.id, Channel.SUBSCRIBE, "outage"] == expected


def test_binding_anew_replaces_what_was_bound(account: Account) -> None:
    actions.bind(account.id, "outage", NOTICE, FIELDS)
    other = replace(NOTICE, id="so-2", term=TemplateTerm.LONG, content="{{thing1.DATA}}")
    actions.bind(account.id, "outage", other, {"thing1": "words"})
    [binding] = queries.bindings().values()
    assert (binding.template_id, binding.term, binding.fields) == ("so-2", TemplateTerm.LONG, {"thing1": "words"})


def test_the_same_template_may_tell_several_kinds(account: Account) -> None:
    for kind in ("outage", "outage_over"):
        actions.bind(account.id, kind, NOTICE, FIELDS)
    assert {kind for _, _, kind in queries.bindings()} == {"outage", "outage_over"}


def test_what_is_unbound_is_gone_and_nothing_else(account: Account) -> None:
    actions.bind(account.id, "outage", NOTICE, FIELDS)
    actions.bind(account.id, "outage", TEMPLATE, FIELDS)
    actions.unbind(account.id, Channel.NOTICE, "outage")
    assert [channel for _, channel, _ in queries.bindings()] == [Channel.TEMPLATE]
    with pytest.raises(NotFound, match="outage"):
        actions.unbind(account.id, Channel.NOTICE, "outage")


def test_the_terms_are_those_of_the_channels_that_need_a_consent(account: Account, mini: Account) -> None:
    actions.bind(account.id, "outage", NOTICE, FIELDS)
    actions.bind(account.id, "outage", TEMPLATE, FIELDS)
    actions.bind(mini.id, "outage", SUBSCRIBE, FIELDS)
    assert queries.terms(account.id, ["so-1_aB", "tm-1", "mp-1", "SO-1_ab"]) == {"so-1_aB": TemplateTerm.ONE_OFF}
    assert queries.terms(mini.id, ["mp-1"]) == {"mp-1": TemplateTerm.LONG}
    assert queries.terms(mini.id, []) == {}


def _faults(where: Account, kind: str, offer: Offer, fields: dict[str, str]) -> set[str]:
    """The fields that were complained about, each in a Chinese sentence; nothing is written."""
    with pytest.raises(InvalidInput) as refused:
        actions.bind(where.id, kind, offer, fields)
    assert MessageTemplate.select().count() == 0
    for words in (refused.value.sentence, *(fault.message for fault in refused.value.errors)):
        assert any("一" <= character <= "鿿" for character in words)
        assert words.endswith("。")
    return {fault.field for fault in refused.value.errors}


@pytest.mark.parametrize("offer", [NOTICE, TEMPLATE])
def test_a_mini_program_has_only_its_own_subscribe_messages(mini: Account, offer: Offer) -> None:
    assert _faults(mini, "outage", offer, FIELDS) == {"channel"}


def test_an_official_account_has_no_subscribe_messages_of_a_mini_program(account: Account) -> None:
    assert _faults(account, "outage", SUBSCRIBE, FIELDS) == {"channel"}


@pytest.mark.parametrize("channel", [Channel.CUSTOM, Channel.MASS, Channel.INBOX])
def test_what_is_sent_without_a_template_has_none(account: Account, mini: Account, channel: Channel) -> None:
    for where in (account, mini):
        assert "channel" in _faults(where, "outage", replace(NOTICE, channel=channel), FIELDS)


@pytest.mark.parametrize(
    "offer", [replace(NOTICE, term=TemplateTerm.NONE), replace(TEMPLATE, term=TemplateTerm.ONE_OFF)]
)
def test_a_consent_belongs_to_the_channels_that_need_one(account: Account, offer: Offer) -> None:
    assert _faults(account, "outage", offer, FIELDS) == {"term"}


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"thing1": "title"}, {"time2"}),
        ({}, {"thing1", "time2"}),
        ({**FIELDS, "thing3": "place"}, {"thing3"}),
        ({"thing1": "title", "Time2": "when"}, {"time2", "Time2"}),
        ({"thing1": "标题", "time2": "When"}, {"thing1", "time2"}),
        ({"thing1": "", "time2": "t" * 33}, {"thing1", "time2"}),
    ],
)
def test_every_keyword_of_the_template_is_filled_and_nothing_else(
    account: Account, fields: dict[str, str], faults: set[str]
) -> None:
    assert _faults(account, "outage", NOTICE, fields) == faults


@pytest.mark.parametrize("kind", ["", "Outage", "停水", "1st", "a b", "k" * 33])
def test_a_kind_is_a_short_plain_word(account: Account, kind: str) -> None:
    assert _faults(account, kind, NOTICE, FIELDS) == {"kind"}


@pytest.mark.parametrize("template_id", ["", "x" * 65, "模板"])
def test_a_template_is_named_as_the_platform_names_it(account: Account, template_id: str) -> None:
    assert _faults(account, "outage", replace(NOTICE, id=template_id), FIELDS) == {"template_id"}


def test_all_that_is_wrong_is_said_at_once(mini: Account) -> None:
    assert _faults(mini, "", NOTICE, {"thing1": "title", "x": "y"}) == {"channel", "kind", "time2", "x"}


def test_nothing_is_bound_at_an_account_that_is_not_there(account: Account) -> None:
    with pytest.raises(NotFound):
        actions.bind(account.id + 100, "outage", NOTICE, FIELDS)


def test_two_operators_who_bind_at_once_leave_one_binding(account: Account) -> None:
    others = [replace(NOTICE, id=f"so-{number}") for number in range(6)]
    for kind in ("outage", "notice", "visit"):
        at_once(*(partial(actions.bind, account.id, kind, offer, FIELDS) for offer in others))
    assert {kind for _, _, kind in queries.bindings()} == {"outage", "notice", "visit"}
    assert {binding.template_id for binding in queries.bindings().values()} <= {offer.id for offer in others}


def test_the_words_of_the_operator_are_read_pair_by_pair() -> None:
    assert rules.fields_of(["thing1=title", "time2=when"]) == FIELDS
    assert rules.fields_of([]) == {}


@pytest.mark.parametrize("pairs", [["thing1"], ["=title"], ["thing1="], ["thing1=a", "thing1=b"]])
def test_words_that_are_no_pair_or_said_twice_are_refused(pairs: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.fields_of(pairs)
    assert refused.value.errors[0].field in pairs[0]


def test_every_kind_of_account_sends_with_templates_of_its_own() -> None:
    assert rules.CHANNELS.keys() == set(AccountKind)
    assert sorted(rules.BINDABLE) == sorted(set(rules.BINDABLE))


def test_the_list_shows_each_template_with_its_keywords_and_uses() -> None:
    bound = [
        Binding(1, Channel.NOTICE, "outage", NOTICE.id, NOTICE.term, FIELDS),
        Binding(1, Channel.TEMPLATE, "outage", "tm-gone", TemplateTerm.NONE, {"thing1": "title"}),
    ]
    assert list(listing.lines([NOTICE, TEMPLATE], bound)) == [
        "so-1_aB  停水通知（一次性订阅，notice）",
        "    事项:{{thing1.DATA}}",
        "    时间:{{time2.DATA}}",
        "    已绑定：outage thing1=title time2=when",
        "tm-1  停水通知（模板消息，template）",
        "    事项:{{thing1.DATA}}",
        "    时间:{{time2.DATA}}",
        "tm-gone  微信上已经没有这个模板（template）",
        "    已绑定：outage thing1=title",
    ]
