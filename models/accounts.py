"""The official accounts and mini-programs this deployment stands behind."""

from enum import StrEnum

from peewee import BooleanField, CharField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.marks import sealed


class AccountKind(StrEnum):
    OFFICIAL = "official"
    MINIPROGRAM = "miniprogram"


class WechatAccount(Table):
    """One account. The sealed columns hold ciphertext, never the secret."""

    app_id = KeyField(max_length=64, unique=True)
    kind = EnumField(AccountKind, max_length=16)
    name = CharField(max_length=64)
    app_secret = sealed(TextField(), "wechat_account.app_secret")
    token = sealed(TextField(), "wechat_account.token")
    aes_key = sealed(TextField(), "wechat_account.aes_key")
    previous_aes_key = sealed(TextField(null=True), "wechat_account.previous_aes_key")
    active = BooleanField(default=True)
    changed_at = UtcField()

    class Meta:
        table_name = "wechat_account"
