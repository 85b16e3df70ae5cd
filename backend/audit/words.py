"""What the acts of the audit are called, for whoever reads it."""

from backend.permissions import ACTIONS
from models.audit import Outcome

ACTS: dict[str, str] = {
    **{action.value: words for action, words in ACTIONS.items()},
    "sign_in": "登录",
    "sign_out": "退出",
    "staff_added": "建立账号",
    "staff_link_made": "给出设置链接",
    "staff_set_up": "设好账号",
    "staff_active": "恢复账号",
    "staff_suspended": "停用账号",
    "staff_left": "离岗",
    "grant_given": "授予权限",
    "grant_ended": "收回权限",
    "password_changed": "改密码",
    "recovery_codes_made": "换恢复码",
    "wechat_bound": "绑定微信",
    "wechat_unbound": "解除绑定微信",
    "export_unusual": "不寻常的导出",
    "audit_exported": "导出审计",
    "number_searched": "按手机号查成员",
    "signs_printed": "打印二维码",
}
"""By the name under which an act is recorded."""

OUTCOMES = {Outcome.DONE: "办成", Outcome.REFUSED: "被拒绝", Outcome.FAILED: "没有成"}

KINDS = {
    "": "",
    "staff": "工作人员",
    "member": "成员",
    "phone": "手机号",
    "place": "区划",
    "account": "公众号",
    "text": "同意书",
    "import": "导入",
    "export": "导出",
    "invitation": "邀请",
}
"""What an act can be about."""
