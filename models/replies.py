"""What an account says by itself and shows as its menu, as staff write it: a draft, and every version that was used."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from models.accounts import WechatAccount
from models.base import KeyField, KeyText, Table, UtcField


class BookKind(StrEnum):
    REPLIES = "replies"  # the welcome, and answers to words
    MENU = "menu"


class ReplyBook(Table):
    """`version` 0 is the draft, of which each account has one; the others were published and never change. `content` is
    JSON (backend/replies/books.py). The logins say whose work it is. `pushed_at`: the platform has this menu since."""

    account = ForeignKeyField(WechatAccount, on_delete="CASCADE", index=False)
    kind = EnumField(BookKind, max_length=16)
    version = IntegerField()
    content = KeyText()
    changed_by = KeyField(max_length=32)
    changed_at = UtcField()
    pushed_at = UtcField(null=True)

    if TYPE_CHECKING:
        account_id: int

    class Meta:
        table_name = "reply_book"
        indexes = ((("account", "kind", "version"), True),)
