"""Every table of the house in one explicit list: what migrations are generated from and checked against."""

from models.accounts import WechatAccount
from models.base import Table
from models.deliveries import Delivery, DeliverySource, DeliveryTally, MassJob
from models.followers import FollowEvent, WechatIdentity
from models.jobs import JobRun
from models.keys import LookupKey
from models.members import Member
from models.places import Place
from models.receipts import Receipt
from models.subscriptions import MessageTemplate, SubscriptionCredit
from models.workers import DeliveryBlock, DeliveryLane, DeliveryWorker

TABLES: tuple[type[Table], ...] = (
    WechatAccount,
    Place,
    Member,
    WechatIdentity,
    FollowEvent,
    Receipt,
    DeliverySource,
    Delivery,
    DeliveryTally,
    MassJob,
    DeliveryWorker,
    DeliveryLane,
    DeliveryBlock,
    MessageTemplate,
    SubscriptionCredit,
    JobRun,
    LookupKey,
)
