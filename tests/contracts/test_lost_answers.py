"""Accepted, but the answer lost: what is repeated is what the platform de-duplicates, and nobody reads it twice.

Every kind of send, alone and in a batch, through every way in which an answer does not arrive.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from backend.wechat.calls import custom, mass, subscriptions, templates
from backend.wechat.failures import Busy, GatewayError, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Send
from backend.wechat.transport import TimeOuts
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform, wait_for

WORDS = "只此一条"
SHORT = TimeOuts(connect=1.0, read=0.4)
DONE = ("answer_lost", "hang_after", "truncated")
"""The platform did it, and we do not hear so."""

NOT_DONE = ("refused", "hang", "http502", "html", "errcode")
"""It did not, and from here that looks the same."""

numbers = itertools.count(1)


@dataclass
class Given:
    platform: Platform
    phone: Phone
    visitor: Phone
    gateway: Gateway
    mini: Gateway

    def received(self, phone: Phone) -> int:
        return sum(message["by"] == "account" and WORDS in str(message) for message in phone.messages())

    def consented(self, phone: Phone, gateway: Gateway) -> tuple[str, dict[str, str]]:
        """A one-off template with two consents, so that a second message would arrive if it were sent."""
        terms = subscriptions.Term
        template = next(
            each for each in gateway.subscriptions.all() if each.term is terms.ONE_OFF and "thing" in each.content
        )
        path = f"people/{phone.pid}/chats/{phone.app_id}/subscribe"
        for _ in range(2):
            order = {"template_ids": [template.id], "answers": {template.id: "accept"}}
            self.platform.ask("POST", path, order)
        return template.id, _data(template.content)


@pytest.fixture
def given(platform: Platform, phone: Phone) -> Iterator[Given]:
    gateway = gateway_to(platform.url, patience=5.0, times=SHORT)
    mini = gateway_to(platform.url, MINIPROGRAM, patience=5.0, times=SHORT)
    visitor = platform.phone(MINIPROGRAM.app_id)
    visitor.text("你好")
    yield Given(platform, phone, visitor, gateway, mini)
    gateway.sender.close()
    mini.sender.close()


SAMPLES = {"thing": WORDS, "time": "2026-06-01 09:00", "date": "2026年6月1日", "phrase": "已受理", "name": "陈秀兰"}


def _data(content: str) -> dict[str, str]:
    keys = [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]
    return {key: SAMPLES.get(key.rstrip("0123456789"), "1") for key in keys}


def _custom(given: Given) -> Send:
    return custom.CustomSend(given.phone.openid, custom.CustomText(WORDS))


def _custom_of_mini(given: Given) -> Send:
    return custom.CustomSend(given.visitor.openid, custom.CustomText(WORDS))


def _template(given: Given, key: str = "") -> Send:
    template = next(each for each in given.gateway.templates.all() if "thing" in each.content)
    return templates.TemplateSend(given.phone.openid, template.id, _data(template.content), key)


def _template_with_key(given: Given) -> Send:
    return _template(given, f"k{next(numbers)}")


def _notice(given: Given) -> Send:
    return subscriptions.NoticeSend(given.phone.openid, *given.consented(given.phone, given.gateway))


def _subscribe(given: Given) -> Send:
    return subscriptions.SubscribeSend(given.visitor.openid, *given.consented(given.visitor, given.mini))


@dataclass(frozen=True)
class Kind:
    """`twice_is_once`: the platform de-duplicates it. `make` prepares it, `send` sends it alone."""

    name: str
    make: Callable[[Given], Send]
    send: Callable[[Gateway, Send], None]
    twice_is_once: bool = False
    mini: bool = False

    def gateway(self, given: Given) -> Gateway:
        return given.mini if self.mini else given.gateway

    def phone(self, given: Given) -> Phone:
        return given.visitor if self.mini else given.phone


def _send_custom(gateway: Gateway, message: Send) -> None:
    assert isinstance(message, custom.CustomSend)
    gateway.custom.send(message.openid, message.message)


def _send_template(gateway: Gateway, message: Send) -> None:
    assert isinstance(message, templates.TemplateSend)
    gateway.templates.send(message)


def _send_subscription(gateway: Gateway, message: Send) -> None:
    assert isinstance(message, subscriptions.NoticeSend | subscriptions.SubscribeSend)
    gateway.subscriptions.send(message)


KINDS = (
    Kind("custom", _custom, _send_custom),
    Kind("custom of a mini-program", _custom_of_mini, _send_custom, mini=True),
    Kind("template", _template, _send_template),
    Kind("template with a key", _template_with_key, _send_template, twice_is_once=True),
    Kind("subscription notice", _notice, _send_subscription),
    Kind("subscribe message", _subscribe, _send_subscription, mini=True),
)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def _alone(given: Given, kind: Kind, message: Send) -> GatewayError | None:
    try:
        kind.send(kind.gateway(given), message)
    except GatewayError as error:
        return error
    return None


def _in_a_batch(given: Given, kind: Kind, message: Send) -> GatewayError | None:
    with kind.gateway(given).sender.send_many([message], Limits(in_flight=4, per_second=0)) as batch:
        [outcome] = list(batch)
    return outcome.error


WAYS = {"alone": _alone, "in a batch": _in_a_batch}


@each_kind
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", DONE)
def test_what_was_accepted_is_read_once_and_repeated_only_where_that_is_certain(
    given: Given, kind: Kind, way: str, fault: str
) -> None:
    message = kind.make(given)
    given.platform.fault(message.path, fault, times=1)
    given.platform.forget_traffic()
    error = WAYS[way](given, kind, message)
    wait_for(lambda: given.received(kind.phone(given)))
    assert given.received(kind.phone(given)) == 1
    assert len(given.platform.calls(message.path)) == (2 if kind.twice_is_once else 1)
    if kind.twice_is_once:
        assert error is None
    else:
        assert isinstance(error, NoAnswer)
        assert error.sent, "it may have been accepted"


@each_kind
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", NOT_DONE)
def test_what_was_not_accepted_but_might_have_been_is_repeated_only_where_that_is_certain(
    given: Given, kind: Kind, way: str, fault: str
) -> None:
    message = kind.make(given)
    given.platform.fault(message.path, fault, times=1)
    given.platform.forget_traffic()
    error = WAYS[way](given, kind, message)
    assert len(given.platform.calls(message.path)) == (2 if kind.twice_is_once else 1)
    assert given.received(kind.phone(given)) == (1 if kind.twice_is_once else 0)
    if kind.twice_is_once:
        assert error is None
    else:
        assert isinstance(error, Busy if fault == "errcode" else NoAnswer)
        assert error.sent, "it may have been accepted: nobody can tell"


MASS: dict[str, tuple[str, Callable[[Given, str], mass.MassJob]]] = {
    "all": (mass.SEND_ALL, lambda given, key: given.gateway.mass.send_to_all(mass.MassText(WORDS), key)),
    "tag": (mass.SEND_ALL, lambda given, key: given.gateway.mass.send_to_tag(_tag(given), mass.MassText(WORDS), key)),
    "list": (mass.SEND, lambda given, key: given.gateway.mass.send_to(_two(given), mass.MassText(WORDS), key)),
}


def _tag(given: Given) -> int:
    tag = given.gateway.tags.create(f"群发{next(numbers)}").id
    given.gateway.tags.tag(tag, [given.phone.openid])
    return tag


def _two(given: Given) -> list[str]:
    other = given.platform.phone(OFFICIAL.app_id, "p2")
    other.follow()
    return [given.phone.openid, other.openid]


@pytest.mark.parametrize("to", MASS)
@pytest.mark.parametrize("fault", DONE + NOT_DONE)
def test_a_mass_message_is_repeated_under_its_key_and_everybody_reads_it_once(
    given: Given, to: str, fault: str
) -> None:
    path, send = MASS[to]
    given.platform.fault(path, fault, times=1)
    job = send(given, f"m{next(numbers)}")
    assert job.known is (fault in DONE), "45065 with the number of the first one is a success"
    wait_for(lambda: given.gateway.mass.state(job.msg_id) is mass.MassState.DONE)
    wait_for(lambda: given.received(given.phone))
    assert given.received(given.phone) == 1
    assert len(given.platform.calls(path)) == 2


@pytest.mark.parametrize("fault", DONE)
def test_a_preview_whose_answer_is_lost_is_not_sent_again(given: Given, fault: str) -> None:
    given.platform.fault(mass.PREVIEW, fault, times=1)
    with pytest.raises(NoAnswer) as raised:
        given.gateway.mass.preview(given.phone.openid, mass.MassText(WORDS))
    assert raised.value.sent
    wait_for(lambda: given.received(given.phone))
    assert (given.received(given.phone), len(given.platform.calls(mass.PREVIEW))) == (1, 1)
