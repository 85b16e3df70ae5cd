"""The official accounts and mini-programs this deployment stands behind."""

from enum import StrEnum

from peewee import BooleanField, CharField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField


class AccountKind(StrEnum):
    OFFICIAL = "official"
    MINIPROGRAM = "miniprogram"


class WechatAccount(Table):
    """One account. The secret columns hold ciphertext (`backend.privacy.cipher`), never the secret."""

    app_id = KeyField(max_length=64, unique=True)
    kind = EnumField(AccountKind, max_length=16)
    name = CharField(max_length=64)
    app_secret = TextField()
    token = TextField()
    aes_key = TextField()
    previous_aes_key = TextField(null=True)
    active = BooleanField(default=True)
    changed_at = UtcField()

    class Meta:
        table_name = "wechat_account"
