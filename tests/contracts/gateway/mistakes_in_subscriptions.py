"""What goes wrong with subscription messages, their consents and their templates (protocol sheet §4.2, §4.3)."""

from dataclasses import replace
from typing import Any

from backend.wechat.calls.subscriptions import NoticeSend, SubscribeSend
from tests.contracts.gateway.given import NOBODY, UNCERTIFIED, Given, data_for, numbers, one_off, thing_of
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import Act, Mistake, Prepare, bad_request, busy, fatal, unreachable
from tests.contracts.gateway.mistakes_in_templates import FOREIGN_PAGE


def _unasked(given: Given) -> SubscribeSend:
    template = one_off(given.mini)
    return SubscribeSend(given.visitor.openid, template.id, data_for(template.content))


def _spent(given: Given) -> SubscribeSend:
    message = given.subscribe_send()
    given.mini.subscriptions.send(message)
    return message


def _subscribe(given: Given, message: SubscribeSend | NoticeSend) -> None:
    given.mini.subscriptions.send(message)


def _notice(given: Given, message: NoticeSend) -> None:
    given.gateway.subscriptions.send(message)


def _subscribe_with(**changes: Any) -> Prepare:
    return lambda given: given.subscribe_send(**changes)


def _said(value: str) -> Prepare:
    def prepare(given: Given) -> SubscribeSend:
        message = given.subscribe_send()
        return replace(message, data={**message.data, thing_of(message.data): value})

    return prepare


def _while(**settings: Any) -> Prepare:
    def prepare(given: Given) -> SubscribeSend:
        given.settings(**settings)
        return given.subscribe_send()

    return prepare


def _just_before(given: Given) -> SubscribeSend:
    given.settings(concurrent_sends_refused=5.0)
    return _spent(given)


def _library(*arguments: Any, **more: Any) -> Act:
    return lambda given, _: given.mini.subscriptions.library(*arguments, **more)


def _add(title: int, keywords: list[int], purpose: str = "通知") -> Act:
    return lambda given, _: given.mini.subscriptions.add(title, keywords, purpose)


def _fifty_notices(given: Given) -> None:
    shelf = given.mini.subscriptions
    titles = [each for each in shelf.library([1401, 1402, 1403]) if each.id != 30101]
    free = 50 - len(shelf.all())
    for title in titles:
        for made in _pairs(given, title.id, free):
            given.afterwards.callback(shelf.remove, made)
            free -= 1


def _pairs(given: Given, title: int, most: int) -> list[str]:
    """Templates of this title with two keywords each, no two alike."""
    ids = [each.id for each in given.mini.subscriptions.keywords(title)]
    pairs = [[one, other] for one in ids for other in ids if one < other][:most]
    return [given.mini.subscriptions.add(title, pair, f"通知{next(numbers)}") for pair in pairs]


def _keep(given: Given, keywords: list[int]) -> None:
    made = given.mini.subscriptions.add(30101, keywords, "通知")
    given.afterwards.callback(given.mini.subscriptions.remove, made)


def _from_uncertified(given: Given, message: NoticeSend) -> None:
    given.connected(UNCERTIFIED).subscriptions.send(message)


MISTAKES: dict[str, Mistake] = {
    "a subscription message nobody agreed to": unreachable(43101, _subscribe, _unasked),
    "a second message for one consent": unreachable(43101, _subscribe, _spent),
    "a notice nobody agreed to": unreachable(
        43101, _notice, lambda given: replace(given.notice_send(), openid=given.stranger().openid)
    ),
    "a subscription message to nobody": unreachable(40003, _subscribe, _subscribe_with(openid=NOBODY)),
    "a subscription message of no template": fatal(40037, _subscribe, _subscribe_with(template_id="unknown")),
    "a subscription message without fields": bad_request(47003, _subscribe, _subscribe_with(data={}), says="data."),
    "a subscription message with a word too many": bad_request(47003, _subscribe, _said("长" * 21), says="data.thing"),
    "a subscription message with a forbidden word": bad_request(45168, _subscribe, _said("违禁词")),
    "a subscription message with a web page": bad_request(
        41030, _subscribe, _subscribe_with(page="https://example.org")
    ),
    "a subscription message for another kind of release": bad_request(40097, _subscribe, _subscribe_with(state="old")),
    "a subscription message of a banned account": fatal(43107, _subscribe, _while(subscribe_banned=True)),
    "two subscription messages to one person at once": busy(43108, _subscribe, _just_before),
    "a notice from an account without certificate": fatal(48001, _from_uncertified, lambda given: given.notice_send()),
    "a notice with a foreign mini-program": fatal(
        40013, _notice, lambda given: given.notice_send(mini_page=FOREIGN_PAGE)
    ),
    "a library of no category": bad_request(200018, _library([])),
    "a library of an unknown category": bad_request(200019, _library([99])),
    "a library from before its beginning": bad_request(200016, _library([1402], start=-1)),
    "a library page of 31": bad_request(200017, _library([1402], limit=31)),
    "keywords of an unknown title": bad_request(200014, only(lambda given: given.mini.subscriptions.keywords(99999))),
    "a subscription template of one keyword": bad_request(200020, _add(30101, [1])),
    "a subscription template with an unknown keyword": bad_request(200020, _add(30101, [1, 99])),
    "a purpose of 16 characters": bad_request(200021, _add(30101, [1, 3], "长" * 16)),
    "a subscription template of an unknown title": bad_request(200014, _add(99999, [1, 2])),
    "the same subscription template twice": bad_request(
        200022, _add(30101, [1, 4]), lambda given: _keep(given, [1, 4])
    ),
    "a 51st subscription template": bad_request(200012, _add(30101, [1, 5]), _fifty_notices),
    "removing a subscription template that is not there": fatal(
        40037, only(lambda given: given.mini.subscriptions.remove("unknown"))
    ),
}
