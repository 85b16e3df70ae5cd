"""Every table of the house in one explicit list: what migrations are generated from and checked against."""

from models.accounts import WechatAccount
from models.activities import Activity
from models.audit import AuditEntry, AuditTail
from models.base import Table
from models.consents import Consent, ConsentReceipt, ConsentText
from models.deliveries import Delivery, DeliverySource, DeliveryTally, MassJob
from models.exports import SheetExport
from models.files import StoredFile
from models.followers import FollowEvent, WechatIdentity
from models.heads import LaneHead
from models.imports import SheetImport
from models.invitations import Invitation
from models.jobs import JobRun
from models.keys import LookupKey
from models.members import Member, MemberInterest, MemberSkill, NameToken, PhoneConfirmation, Ward
from models.merges import Double, MemberMerge
from models.places import Place, PlaceContact
from models.quality import QualityWeek
from models.receipts import Receipt
from models.replies import ReplyBook
from models.rights import Look, RightsRequest
from models.sessions import Session
from models.signs import PlaceSign
from models.staff import RecoveryCode, Staff, StaffGrant, StaffLink, StaffSession
from models.subscriptions import MessageTemplate, SubscriptionCredit
from models.workers import DeliveryBlock, DeliveryLane, DeliveryWorker

TABLES: tuple[type[Table], ...] = (
    WechatAccount,
    Place,
    PlaceContact,
    Activity,
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
    NameToken,
    MemberSkill,
    MemberInterest,
    Ward,
    PhoneConfirmation,
    MemberMerge,
    Double,
    QualityWeek,
    ConsentText,
    Consent,
    ConsentReceipt,
    Session,
    LaneHead,
    RightsRequest,
    Look,
    Staff,
    StaffGrant,
    StaffSession,
    StaffLink,
    RecoveryCode,
    AuditEntry,
    AuditTail,
    ReplyBook,
    PlaceSign,
    StoredFile,
    SheetImport,
    Invitation,
    SheetExport,
)
