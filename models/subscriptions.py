"""What people allow to be sent, and the templates it is sent with."""

from enum import StrEnum

from peewee import ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from models.accounts import WechatAccount
from models.base import KeyField, Table, UtcField
from models.deliveries import Channel
from models.followers import WechatIdentity
from models.marks import WITH_FOLLOW, personal


class TemplateTerm(StrEnum):
    NONE = "none"  # template messages need no consent
    ONE_OFF = "one_off"  # a consent allows one message
    LONG = "long"  # a consent allows many: public services


class MessageTemplate(Table):
    """With which template an account tells a kind of message through a channel.

    `fields` is JSON: the template's keyword → the name of the message's field.
    """

    account = ForeignKeyField(WechatAccount, on_delete="CASCADE", index=False)
    channel = EnumField(Channel, max_length=16)
    kind = KeyField(max_length=32)
    template_id = KeyField(max_length=64)
    term = EnumField(TemplateTerm, max_length=16)
    fields = TextField()
    changed_at = UtcField()

    class Meta:
        indexes = ((("account", "channel", "kind"), True),)


class SubscriptionCredit(Table):
    """How many messages of a template she still allows. `lasting`: any number, until she takes it back.

    `changed_at` is the platform's moment of her last word on it; what is spent leaves it alone.
    """

    follower = personal(ForeignKeyField(WechatIdentity, on_delete="CASCADE", index=False), WITH_FOLLOW)
    template_id = personal(KeyField(max_length=64), WITH_FOLLOW)
    left = personal(IntegerField(default=0), WITH_FOLLOW)
    lasting = personal(IntegerField(default=0), WITH_FOLLOW)
    changed_at = personal(UtcField(), WITH_FOLLOW)

    class Meta:
        indexes = ((("follower", "template_id"), True),)
