"""Every table of the house in one explicit list: what migrations are generated from and checked against."""

from models.accounts import WechatAccount
from models.base import Table
from models.members import FollowEvent, WechatIdentity
from models.places import Place
from models.receipts import Receipt

TABLES: tuple[type[Table], ...] = (WechatAccount, Place, WechatIdentity, FollowEvent, Receipt)
