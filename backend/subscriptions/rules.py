"""What a choice means for what she allows, and what makes a binding acceptable. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.errors import FieldError, InvalidInput
from backend.wechat.keywords import keys_of
from models.accounts import AccountKind
from models.deliveries import Channel
from models.subscriptions import TemplateTerm


class Effect(StrEnum):
    """What becomes of what she allows."""

    MORE = "more"  # one message more
    ALWAYS = "always"  # any number from now on
    ENDED = "ended"  # nothing any more


Asked = Mapping[tuple[str, TemplateTerm], Effect]
"""(what she chose, the template's term) → what it means; what is missing means nothing."""

IN_POPUP: Asked = {
    ("accept", TemplateTerm.ONE_OFF): Effect.MORE,
    ("accept", TemplateTerm.LONG): Effect.ALWAYS,
    # A no to a one-off question only gives no further message. The question for a lasting consent is the same each
    # time, so her last answer holds: taking back must be as easy as giving was (DESIGN §6.5). Should the platform see
    # it otherwise, she is sent less than she might be, never more.
    ("reject", TemplateTerm.LONG): Effect.ENDED,
}
IN_SETTINGS: Asked = {
    # Off takes everything back, also what she granted one by one. On grants nothing of the one-off kind: it only
    # answers later questions. The platform tells of "off" only (protocol sheet §2.2); "on" is for the day it does.
    ("reject", TemplateTerm.ONE_OFF): Effect.ENDED,
    ("reject", TemplateTerm.LONG): Effect.ENDED,
    ("accept", TemplateTerm.LONG): Effect.ALWAYS,
}

_TEMPLATE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,31}")

CHANNELS: dict[AccountKind, tuple[Channel, ...]] = {
    AccountKind.MINIPROGRAM: (Channel.SUBSCRIBE,),
    AccountKind.OFFICIAL: (Channel.NOTICE, Channel.TEMPLATE),
}
"""Through which channels an account sends with templates (protocol sheet §4.0)."""

BINDABLE = tuple(channel for channels in CHANNELS.values() for channel in channels)

CONSENTED = (Channel.SUBSCRIBE, Channel.NOTICE)
"""The channels that need her consent."""


def is_template_id(text: str) -> bool:
    """What an event names need not be one: it is not written down then."""
    return _TEMPLATE_ID.fullmatch(text) is not None


@dataclass(frozen=True)
class Offer:
    """A template the platform holds for an account, and the channel it belongs to."""

    channel: Channel
    id: str
    title: str
    content: str
    term: TemplateTerm


def fields_of(pairs: Iterable[str]) -> dict[str, str]:
    """`thing1=title time2=when` as typed by an operator. Raises InvalidInput for what is not of this form, or said
    twice."""
    fields: dict[str, str] = {}
    for pair in pairs:
        keyword, equals, name = pair.partition("=")
        if not (keyword and equals and name):
            raise _refused(FieldError(pair, "要写成「模板里的项=消息里的字段」，例如 thing1=title。"))
        if keyword in fields:
            raise _refused(FieldError(keyword, "写了两次，请只留一个。"))
        fields[keyword] = name
    return fields


def check_binding(account: AccountKind, kind: str, offer: Offer, fields: Mapping[str, str]) -> None:
    """Raises InvalidInput with a sentence for each fault."""
    faults = [*_faults_of_place(account, kind, offer), *_faults_of_fields(keys_of(offer.content), fields)]
    if faults:
        raise _refused(*faults)


def _faults_of_place(account: AccountKind, kind: str, offer: Offer) -> Iterable[FieldError]:
    if offer.channel not in CHANNELS[account]:
        who = "公众号" if account is AccountKind.OFFICIAL else "小程序"
        yield FieldError("channel", f"{who}可用的通道是：{'、'.join(CHANNELS[account])}，不能用「{offer.channel}」。")
    if (offer.channel in CONSENTED) is (offer.term is TemplateTerm.NONE):
        yield FieldError("term", "订阅模板是一次性或长期的，模板消息不用订阅：类型和通道对不上。")
    if not is_template_id(offer.id):
        yield FieldError("template_id", "应为微信给出的模板编号：最多 64 个字母、数字、- 或 _。")
    if not _NAME.fullmatch(kind):
        yield FieldError("kind", "消息种类应以小写字母开头，只用小写字母、数字和 _ . -，最多 32 个。")


def _faults_of_fields(keys: tuple[str, ...], fields: Mapping[str, str]) -> Iterable[FieldError]:
    """Each keyword of the template is filled: the platform refuses an empty one (47003), and drops what it does not
    know without a word."""
    for key in keys:
        if key not in fields:
            yield FieldError(key, "模板里有这一项，还没有说用消息的哪个字段来填。")
    for key, name in fields.items():
        if key not in keys:
            yield FieldError(key, f"模板里没有这一项。有：{'、'.join(keys)}。")
        elif not _NAME.fullmatch(name):
            yield FieldError(key, f"「{name}」不能作字段名：应以小写字母开头，只用小写字母、数字和 _ . -，最多 32 个。")


def _refused(*faults: FieldError) -> InvalidInput:
    return InvalidInput("binding_invalid", "这个模板不能这样绑定，请按下面的提示修改。", list(faults))
