"""What members are asked when something of theirs is missing, in one place where a colleague who does not program can
review it."""

from backend.quality.findings import Missing

ASKED = {
    Missing.PLACE: "您还没有说住在哪个社区，停水停电和办事的通知可能发不到您。"
    "请到小程序「我的资料」里选一下，不想说也没关系。",
    Missing.NUMBER: "您的资料里现在没有手机号，换手机或换微信时可能找不回来。请到小程序「我的资料」里重新验证一下。",
}
NOTES = {Missing.PLACE: "请选一下您住的社区", Missing.NUMBER: "请重新验证手机号"}
"""For a template: at most twenty characters."""
