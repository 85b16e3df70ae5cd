"""QR codes that hang at places."""

from typing import TYPE_CHECKING

from peewee import ForeignKeyField

from models.accounts import WechatAccount
from models.base import KeyField, Table, UtcField
from models.places import Place


class PlaceSign(Table):
    """The permanent code of a place at an official account, which says `url`. The platform gives 100,000 in all:
    each is asked for once."""

    account = ForeignKeyField(WechatAccount, on_delete="CASCADE", index=False)
    place = ForeignKeyField(Place, on_delete="CASCADE")
    url = KeyField(max_length=256)
    made_at = UtcField()

    if TYPE_CHECKING:
        place_id: int

    class Meta:
        table_name = "place_sign"
        indexes = ((("account", "place"), True),)
