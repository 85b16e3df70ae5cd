"""Subscription messages of mini-programs and subscription notices of official accounts (protocol §4.2, §4.3).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
"""

import random

from simulator.api.calls import OK, Call
from simulator.api.cards import card, miniprogram, new_msgid, recipient, text
from simulator.errors import PlatformError
from simulator.rules.words import SENSITIVE, contains
from simulator.shapes import JsonObject, mapping, string
from simulator.state.chats import By, Chat, Kind
from simulator.state.templates import ONCE, Template

_STATES = {"", "developer", "trial", "formal"}
_LANGUAGES = {"", "zh_CN", "zh_HK", "zh_TW", "en_US"}


def send(call: Call) -> JsonObject:
    """To a user of the mini-program; a tap opens a page of its own."""
    page = _own_page(call)
    own = {"appid": call.account.app_id, "pagepath": page, "name": call.account.name}
    return _send(call, {"page": page, "url": "", "miniprogram": own if page else None, "service_notice": True})


def bizsend(call: Call) -> JsonObject:
    """To whoever agreed, follower or not; a tap opens a web page or a linked mini-program."""
    page = text(call.body, "page")
    chat = recipient(call)
    target = {"page": page, "url": page, "miniprogram": miniprogram(call), "service_notice": not chat.following}
    return _send(call, target)


def _send(call: Call, target: JsonObject) -> JsonObject:
    chat, template = recipient(call), _template(call)
    if text(call.body, "miniprogram_state") not in _STATES or text(call.body, "lang") not in _LANGUAGES:
        raise PlatformError(40097)
    rows = template.rows(mapping(call.body, "data"))
    if contains(SENSITIVE, rows):
        raise PlatformError(45168)
    _demand_turn(call, chat)
    _spend_consent(chat, template)
    chat.noticed_at = call.now
    msgid = new_msgid(call)
    _carry(call, chat, msgid, card(template, rows, **target))
    return OK | {"msgid": msgid}


def _template(call: Call) -> Template:
    template = call.desk.notices.get(string(call.body, "template_id"))
    if template is None or template.type == ONCE:
        raise PlatformError(40037)
    return template


def _own_page(call: Call) -> str:
    """Empty leads nowhere; an address, or a query without a page, is refused."""
    page = text(call.body, "page")
    if not page:
        return ""
    path = page.partition("?")[0].lstrip("/")
    pages = call.account.pages
    if not path or page.startswith(("http://", "https://")) or (pages and path not in pages):
        raise PlatformError(41030)
    return page


def _demand_turn(call: Call, chat: Chat) -> None:
    settings = call.platform.world.settings
    if settings.subscribe_banned:
        raise PlatformError(43107)
    if call.now < chat.noticed_at + settings.concurrent_sends_refused:
        raise PlatformError(43108)


def _spend_consent(chat: Chat, template: Template) -> None:
    consent = chat.consents.get(template.id)
    if consent is None or not consent.allows(template):
        raise PlatformError(43101)
    consent.spend(template)


def _carry(call: Call, chat: Chat, msgid: int, content: JsonObject) -> None:
    settings = call.platform.world.settings
    failures = settings.subscribe_failures
    failed = failures > 0 and random.random() < failures  # noqa: S311 - a dice, no secret
    if not failed:
        call.platform.say(call.desk, chat, By.ACCOUNT, Kind.SUBSCRIBE, content)
    if settings.result_seconds is not None:
        event = _sent_event(content["template_id"], msgid, failed)
        call.platform.later(settings.result_seconds, call.desk, chat.openid, event)


def _sent_event(template_id: str, msgid: int, failed: bool) -> JsonObject:
    code, status = ("-1", "system error") if failed else ("0", "success")
    entry = {"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": code, "ErrorStatus": status}
    return {
        "MsgType": "event",
        "Event": "subscribe_msg_sent_event",
        "SubscribeMsgSentEvent": {"List": [entry]},
    }
