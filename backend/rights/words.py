"""What the codes of the copy mean, in the words of whoever reads her file. Machines read the codes themselves."""

from collections.abc import Iterable
from enum import StrEnum

from models.consents import Through
from models.deliveries import Channel
from models.followers import FollowState, Interaction
from models.invitations import InvitationKind
from models.members import MemberState, PhoneProof
from models.rights import RightKind, Why

CODES: dict[type[StrEnum], dict[StrEnum, str]] = {
    MemberState: {
        MemberState.ACTIVE: "正常",
        MemberState.RESTRICTED: "您要求只保存、不使用",
        MemberState.ERASED: "已注销",
    },
    PhoneProof: {PhoneProof.WECHAT: "微信手机号", PhoneProof.FACE_TO_FACE: "工作人员当面确认"},
    FollowState: {
        FollowState.STRANGER: "来过，没有关注",
        FollowState.FOLLOWING: "关注着",
        FollowState.LEFT: "已取消关注",
    },
    Interaction: {
        Interaction.MESSAGE: "发来消息",
        Interaction.MENU: "点了菜单",
        Interaction.FOLLOW: "关注",
        Interaction.SCAN: "扫码",
        Interaction.ENTER: "进入",
    },
    Through: {Through.MINIPROGRAM: "小程序", Through.CHAT: "公众号对话"},
    RightKind: {
        RightKind.COPY: "查阅、复制",
        RightKind.CORRECTION: "更正",
        RightKind.RESTRICTION: "限制使用",
        RightKind.RELEASE: "恢复使用",
        RightKind.ERASURE: "注销、删除",
    },
    Why: {
        Why.ASKED: "您提出的",
        Why.UNFOLLOWED: "取消了关注",
        Why.REVOKED: "在微信里撤回了授权",
        Why.DORMANT: "三年没有来过",
    },
    InvitationKind: {InvitationKind.NEIGHBOUR: "成为成员", InvitationKind.HEAD: "做楼栋长、巷长"},
    Channel: {
        Channel.SUBSCRIBE: "小程序订阅消息",
        Channel.NOTICE: "公众号订阅通知",
        Channel.TEMPLATE: "公众号模板消息",
        Channel.CUSTOM: "公众号对话",
        Channel.MASS: "公众号群发",
        Channel.INBOX: "在「我的消息」里",
    },
}

FIELDS = {
    "name": "姓名",
    "phone": "手机号",
    "place": "所在地",
    "unit": "门牌",
    "skills": "本领",
    "topics": "兴趣",
    "wards": "孩子",
}
"""The fields that staff are shown and that she corrects."""

TABLES = {
    "member": "登记的资料",
    "name_token": "按姓名查找用的暗码",
    "member_skill": "我的本领",
    "member_interest": "我的兴趣",
    "ward": "我的孩子",
    "wechat_identity": "我的微信",
    "phone_confirmation": "当面确认手机号的暗码",
    "member_merge": "合并以前的两份资料",
    "member_double": "可能重复登记的提示",
    "consent": "我同意的",
    "consent_receipt": "同意的回执",
    "session": "登录的手机",
    "lane_head": "我担任楼栋长、巷长",
    "rights_request": "我提过的要求",
    "look": "谁看过我的信息",
    "delivery": "给我的消息",
    "delivery_source": "给我的消息的内容",
    "subscription_credit": "订阅的消息",
    "invitation": "邀请我登记的",
    "receipt": "防止重复提交的记录",
}
"""What lies in each table that holds something of a member."""

OF_STAFF = frozenset(
    {
        "staff",
        "staff_grant",
        "staff_session",
        "staff_link",
        "recovery_code",
        "audit_entry",
        "stored_file",
        "sheet_import",
        "sheet_export",
    }
)
"""Tables about those who work here: of a member they hold her number at most, and files that are gone in a day. Who
looked at her is told by `look`."""


def of(code: StrEnum) -> str:
    return CODES[type(code)][code]


def fields(names: Iterable[str]) -> list[str]:
    """One without a word stays as it is."""
    return [FIELDS.get(name, name) for name in names]
