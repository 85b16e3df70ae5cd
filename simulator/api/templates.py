"""Template messages of official accounts, and the legacy one-time subscription (protocol §4.1).

https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
"""

import random

from simulator.api.calls import OK, Call
from simulator.api.cards import card, demand_follower, miniprogram, new_msgid, recipient, text, web_address
from simulator.errors import PlatformError
from simulator.rules.words import INTERCEPTED, MARKETING, contains
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state.chats import By, Chat, Kind, Sent
from simulator.state.library import ONCE_TEMPLATE
from simulator.state.templates import Intercepted, Template

REPEAT_SECONDS = 600
BLOCKED, FAILED, SUCCESS = "failed:user block", "failed: system failed", "success"
INTERCEPTED_KEPT = 1_000
LONGEST_TITLE = 15


def send(call: Call) -> JsonObject:
    chat, template = recipient(call), _template(call)
    content = _content(call, template)
    demand_follower(call, chat)
    client_msg_id = text(call.body, "client_msg_id")
    earlier = _earlier(call, chat, client_msg_id)
    if earlier is not None:
        return OK | {"msgid": earlier}
    msgid = new_msgid(call)
    if client_msg_id:
        chat.sent[client_msg_id] = Sent(call.now, msgid)
    _carry(call, chat, msgid, content)
    return OK | {"msgid": msgid}


def _template(call: Call) -> Template:
    template = call.desk.templates.get(string(call.body, "template_id"))
    if template is None:
        raise PlatformError(40037)
    return template


def _content(call: Call, template: Template) -> JsonObject:
    address, program = web_address(call), miniprogram(call)
    rows = template.rows(mapping(call.body, "data"))
    if contains(MARKETING, rows):
        raise PlatformError(40249)
    return card(template, rows, url=address, miniprogram=program)


def _earlier(call: Call, chat: Chat, client_msg_id: str) -> int | None:
    """What the repetition of a message of the last ten minutes answers."""
    _forget(chat, call.now)
    sent = chat.sent.get(client_msg_id)
    if sent is None or not client_msg_id:
        return None
    return sent.msgid if call.platform.world.settings.template_repeat == "same" else new_msgid(call)


def _forget(chat: Chat, now: float) -> None:
    """Oldest first, so it stops at the first that is still remembered."""
    while chat.sent:
        oldest = next(iter(chat.sent))
        if now < chat.sent[oldest].at + REPEAT_SECONDS:
            return
        del chat.sent[oldest]


def _carry(call: Call, chat: Chat, msgid: int, content: JsonObject) -> None:
    held_back = contains(INTERCEPTED, content["rows"])
    if held_back:
        _intercept(call, chat, msgid, content)
    status = FAILED if held_back else _status(call, chat)
    if status == SUCCESS:
        call.platform.say(call.desk, chat, By.ACCOUNT, Kind.TEMPLATE, content)
    seconds = call.platform.world.settings.result_seconds
    if seconds is not None:
        event = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": status}
        call.platform.later(seconds, call.desk, chat.openid, event)


def _status(call: Call, chat: Chat) -> str:
    if chat.blocked:
        return BLOCKED
    failures = call.platform.world.settings.template_failures
    failed = failures > 0 and random.random() < failures  # noqa: S311 - a dice, no secret
    return FAILED if failed else SUCCESS


def _intercept(call: Call, chat: Chat, msgid: int, content: JsonObject) -> None:
    text_of_rows = "\n".join(f"{row['label']}：{row['value']}" for row in content["rows"])
    number = call.platform.world.next_id()
    call.desk.intercepted.append(
        Intercepted(number, str(msgid), content["title"], text_of_rows, int(call.now), chat.openid)
    )
    del call.desk.intercepted[:-INTERCEPTED_KEPT]


def intercepted(call: Call) -> JsonObject:
    """https://developers.weixin.qq.com/doc/service/api/notify/template/api_queryblocktmplmsg"""
    wanted, after = text(call.body, "tmpl_msg_id"), integer(call.body, "largest_id") or 0
    limit = integer(call.body, "limit")
    if limit is None or not 1 <= limit <= 100:
        raise PlatformError(40097)
    found = [one for one in call.desk.intercepted if one.id > after and wanted in {"", one.tmpl_msg_id}]
    names = ("id", "tmpl_msg_id", "title", "content", "send_timestamp", "openid")
    return OK | {"msginfo": [{name: getattr(one, name) for name in names} for one in found[:limit]]}


def subscribe(call: Call) -> JsonObject:
    """The legacy one-time subscription: one message for one consent, to followers and others.

    https://developers.weixin.qq.com/doc/service/api/notify/subscribe/api_templatesubscribe
    """
    chat, title = recipient(call), text(call.body, "title")
    template = call.desk.notices.get(ONCE_TEMPLATE)
    if template is None or string(call.body, "template_id") != ONCE_TEMPLATE:
        raise PlatformError(40037)
    content = string(mapping(mapping(call.body, "data"), "content"), "value")
    if not content or not title:
        raise PlatformError(47003, "argument invalid! data.content.value invalid")
    if len(title) > LONGEST_TITLE or len(content) > 200:
        raise PlatformError(45002)
    target = {"url": web_address(call), "miniprogram": miniprogram(call)}
    consent = chat.consents.get(ONCE_TEMPLATE)
    if consent is None or not consent.allows(template):
        raise PlatformError(43101)
    consent.spend(template)
    shown = card(template, [{"label": "", "value": content}], **target) | {"title": title}
    call.platform.say(call.desk, chat, By.ACCOUNT, Kind.TEMPLATE, shown | {"service_notice": not chat.following})
    return OK
