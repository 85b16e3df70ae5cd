"""What leaves for the platform: a parcel in the form of its channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.outbox.channels import Choice, Contact
from backend.outbox.engine.parcels import Parcel
from backend.outbox.messages import Message
from backend.subscriptions.queries import Binding
from backend.wechat import keywords
from backend.wechat.calls import custom, mass, subscriptions, templates
from backend.wechat.calls.custom import CustomImage, CustomSend, short_text
from backend.wechat.calls.subscriptions import NoticeSend, SubscribeSend
from backend.wechat.calls.templates import Page, TemplateSend
from backend.wechat.sending.sends import Send
from models.deliveries import Channel, Priority

PATHS = {
    Channel.SUBSCRIBE: subscriptions.SEND,
    Channel.NOTICE: subscriptions.BIZSEND,
    Channel.TEMPLATE: templates.SEND,
    Channel.CUSTOM: custom.SEND,
    Channel.MASS: mass.SEND,
}
EMPTY = "—"
"""What stands for a value a message does not have: the platform refuses empty ones."""


@dataclass(slots=True, eq=False)
class Outgoing:
    """A `Send` and its parcel."""

    parcel: Parcel
    send: Send
    openid: str
    path: str
    urgent: bool

    def body(self) -> Mapping[str, Any]:
        return self.send.body()


def outgoing(parcel: Parcel, choice: Choice, message: Message, mini_app_id: str) -> Outgoing:
    """`mini_app_id` is the mini-program whose pages the service account's messages open, or ""."""
    send = _FORMS[choice.channel](parcel, choice, message, mini_app_id)
    return Outgoing(parcel, send, send.openid, send.path, parcel.block.priority < Priority.BROADCAST)


def _subscribe(parcel: Parcel, choice: Choice, message: Message, _mini: str) -> Send:
    contact, binding = _both(choice)
    return SubscribeSend(contact.openid, binding.template_id, _data(parcel, binding, message), message.page)


def _notice(parcel: Parcel, choice: Choice, message: Message, mini: str) -> Send:
    contact, binding = _both(choice)
    data = _data(parcel, binding, message)
    return NoticeSend(contact.openid, binding.template_id, data, message.url, _page(message, mini))


def _template(parcel: Parcel, choice: Choice, message: Message, mini: str) -> Send:
    contact, binding = _both(choice)
    data, key = _data(parcel, binding, message), f"d{parcel.id}"
    return TemplateSend(contact.openid, binding.template_id, data, key, message.url, _page(message, mini))


def _custom(_parcel: Parcel, choice: Choice, message: Message, _mini: str) -> Send:
    assert choice.contact is not None
    content = CustomImage(message.image) if message.image else short_text(message.words)
    return CustomSend(choice.contact.openid, content)


_FORMS: dict[Channel, Callable[[Parcel, Choice, Message, str], Send]] = {
    Channel.SUBSCRIBE: _subscribe,
    Channel.NOTICE: _notice,
    Channel.TEMPLATE: _template,
    Channel.CUSTOM: _custom,
}


def _both(choice: Choice) -> tuple[Contact, Binding]:
    assert choice.contact is not None
    assert choice.binding is not None
    return choice.contact, choice.binding


def _data(parcel: Parcel, binding: Binding, message: Message) -> dict[str, str]:
    """Worked out once for all who are told the same."""
    if parcel.data is not None:
        return _filled(binding, message)
    known = parcel.block.assignment.data
    if binding.template_id not in known:
        known[binding.template_id] = _filled(binding, message)
    return known[binding.template_id]


def _filled(binding: Binding, message: Message) -> dict[str, str]:
    told = {key: message.fields.get(name, "").strip() or EMPTY for key, name in binding.fields.items()}
    return {key: keywords.shorten(key, value) for key, value in told.items()}


def _page(message: Message, mini_app_id: str) -> Page | None:
    return Page(mini_app_id, message.page) if message.page and mini_app_id else None
