"""The sentences that staff may word anew, as they are delivered with the house.

Words in {braces} are filled in; a deployment's own version may use those that stand here, and no other.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Editable:
    """`title` is what staff read; `fields` are the words that may stand in braces, each with what it becomes."""

    title: str
    words: str
    fields: dict[str, str]


WELCOME = """您好，欢迎关注{account}！
在这里可以查您住在哪个社区、邀请邻居、找工作人员。
点下面的菜单，或者回复：
「帮助」看看能做什么
「注册」登记成为社区成员
「社区」查查您在哪个社区
「人工」找工作人员"""

WELCOME_PLACE = """您好，欢迎关注{account}！
您扫的是{place}的二维码，我们记住了：您是{place}的街坊。
不对的话，点「我的 → 我的社区」可以改。
回复「帮助」看看能做什么。"""

FALLBACK = "您的话我们收到了，不过小同还没听懂。\n回复「帮助」看看能做什么，回复「人工」找工作人员。"

EDITABLE = {
    "welcome": Editable("关注时的欢迎", WELCOME, {"account": "公众号的名称"}),
    "welcome_place": Editable(
        "扫社区二维码关注时的欢迎", WELCOME_PLACE, {"account": "公众号的名称", "place": "社区的名称"}
    ),
    "fallback": Editable("没听懂时", FALLBACK, {}),
}
