"""The account's menu: three groups, until another is published in the console; pushed by `python manage.py menu push`.
Each key has its row in the table."""

from backend.replies import actions, queries
from backend.wechat.calls.menus import Button
from models.replies import BookKind

HELP, HUMAN, WHERE, SIGN, INVITE, MY_PLACE, PRIVACY, REGISTER = (
    "help",
    "human",
    "where",
    "sign",
    "invite",
    "my_place",
    "privacy",
    "register",
)

MENU = (
    Button(
        "服务",
        buttons=(
            Button("能办什么", "click", HELP),
            Button("我在哪个社区", "location_select", WHERE),
            Button("找工作人员", "click", HUMAN),
        ),
    ),
    Button(
        "参与",
        buttons=(
            Button("扫社区二维码", "scancode_waitmsg", SIGN),
            Button("邀请邻居", "click", INVITE),
        ),
    ),
    Button(
        "我的",
        buttons=(
            Button("登记成为成员", "click", REGISTER),
            Button("我的社区", "click", MY_PLACE),
            Button("记着我什么", "click", PRIVACY),
        ),
    ),
)


def of(account_id: int) -> tuple[Button, ...]:
    """What this account shows: as it was published last, else ours."""
    version = queries.published(account_id, BookKind.MENU)
    return MENU if version is None else actions.buttons(queries.menu_of(version))


def keys() -> list[str]:
    return [button.key for group in MENU for button in group.buttons if button.key]
