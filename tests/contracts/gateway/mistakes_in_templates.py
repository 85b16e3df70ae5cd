"""What goes wrong with template messages and the templates themselves (protocol sheet §4.1)."""

from dataclasses import replace
from typing import Any

from backend.wechat.calls.templates import Page
from tests.contracts.gateway.given import NOBODY, UNCERTIFIED, Given, thing_of
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import Act, Mistake, bad_request, fatal, unreachable

FOREIGN_PAGE = Page("wx9999999999999999", "pages/a")


def _template(**changes: Any) -> Act:
    return lambda given, _: given.gateway.templates.send(given.template_send(**changes))


def _with_field(value: str) -> Act:
    """The first `thing` of the template says this."""

    def act(given: Given, _: object) -> None:
        message = given.template_send()
        given.gateway.templates.send(replace(message, data={**message.data, thing_of(message.data): value}))

    return act


def _without_a_field(given: Given, _: object) -> None:
    given.gateway.templates.send(given.template_send(data={}))


def _unfollowed(given: Given) -> None:
    given.phone.unfollow()


def _blacklisted(given: Given) -> None:
    given.gateway.users.block([given.openid])


def _twenty_five_templates(given: Given) -> None:
    for _ in range(25 - len(given.gateway.templates.all())):
        made = given.gateway.templates.add("30101", ["活动名称"])
        given.afterwards.callback(given.gateway.templates.remove, made)


def _changed_industry(given: Given) -> None:
    given.next_season()
    given.gateway.templates.set_industry(1, 16)


def _from_uncertified(given: Given, _: object) -> None:
    given.connected(UNCERTIFIED).templates.send(given.template_send())


MISTAKES: dict[str, Mistake] = {
    "a template message to nobody": unreachable(40003, _template(openid=NOBODY)),
    "a template message to a stranger": unreachable(43004, _template(), _unfollowed),
    "a template message to somebody on the blacklist": unreachable(43019, _template(), _blacklisted),
    "a template message of no template": fatal(40037, _template(template_id="unknown")),
    "a template message with an address that is none": bad_request(40039, _template(url="ftp://example.org")),
    "a template message with a foreign mini-program": fatal(40013, _template(page=FOREIGN_PAGE)),
    "a template message without a field": bad_request(47003, _without_a_field, says="data.thing1.value invalid"),
    "a field of 21 characters": bad_request(47003, _with_field("长" * 21), says="data.thing1.value invalid"),
    "a field with a line break": bad_request(47003, _with_field("一\n二"), says="data.thing1.value invalid"),
    "a field that is empty": bad_request(47003, _with_field(""), says="data.thing1.value invalid"),
    "a field that advertises": fatal(40249, _with_field("限时抢购")),
    "a template without such a keyword": bad_request(
        40246, only(lambda given: given.gateway.templates.add("30101", ["没有这一项"]))
    ),
    "a template of the old library": bad_request(
        40247, only(lambda given: given.gateway.templates.add("OPENTM1234", ["活动名称"]))
    ),
    "a template the library has not": fatal(
        40037, only(lambda given: given.gateway.templates.add("99999", ["活动名称"]))
    ),
    "a 26th template": bad_request(
        45026, only(lambda given: given.gateway.templates.add("30101", ["活动名称"])), _twenty_five_templates
    ),
    "removing a template that is not there": fatal(
        40037, only(lambda given: given.gateway.templates.remove("unknown"))
    ),
    "an industry of an unknown number": bad_request(
        40102, only(lambda given: given.gateway.templates.set_industry(99, 1))
    ),
    "another industry in the same month": bad_request(
        43100, only(lambda given: given.gateway.templates.set_industry(2, 17)), _changed_industry
    ),
    "101 blocked messages in a page": bad_request(
        40097, only(lambda given: given.gateway.templates.blocked("1", limit=101))
    ),
    "a template message from an account without certificate": fatal(48001, _from_uncertified),
}
