"""The menu of an account: edited on one page, looked at as a phone shows it, published and pushed."""

from collections.abc import Iterator

from flask import Response, request

from backend.accounts.queries import Account
from backend.errors import HouseError
from backend.permissions import EVERYWHERE, Action
from backend.replies import actions, queries, rules
from backend.replies.books import MenuBook, MenuButton, MenuGroup
from backend.web import problems
from backend.wechat.calls.menus import Button
from backend.wechat.failures import GatewayError
from console import chosen, desk, forms
from console.desk import Desk
from models.accounts import AccountKind
from models.replies import BookKind

LIST = "/console/menus"
_KIND = BookKind.MENU
DOES = {"key": "办一件事", "say": "说一个关键词的答复", "url": "打开网页", "page": "打开小程序"}


def show(here: Desk) -> Response:
    account = chosen.of_query(here)
    draft, now = queries.draft(here.actor, account.id, _KIND), queries.published(account.id, _KIND)
    return here.page(
        "menus/show.html",
        title="菜单",
        account=account,
        accounts=here.runtime.accounts.official(),
        menu=queries.menu_of(draft or now),
        draft=draft,
        now=now,
        on_phones=_on_phones(here, account),
        versions=queries.versions(here.actor, account.id, _KIND),
        may_publish=here.actor.may(Action.PUBLISH_REPLIES, EVERYWHERE),
    )


def edit(here: Desk, app_id: str) -> Response:
    account = chosen.of_path(here, app_id)
    draft = queries.draft(here.actor, account.id, _KIND)
    if request.method == "GET":
        standing = queries.menu_of(draft or queries.published(account.id, _KIND))
        return _ask(here, account, standing, draft.mark if draft else "")
    menu, mark = _given(), forms.text("mark", 32)
    try:
        actions.save_menu(here.actor, account, menu, frozenset(_mini_programs(here)), mark)
    except HouseError as error:
        return _ask(here, account, menu, mark, error)
    here.say("存进草稿了，发布以后才换。")
    return desk.go(_home(account))


def _ask(here: Desk, account: Account, menu: MenuBook, mark: str, error: HouseError | None = None) -> Response:
    faults = [each.message for each in error.errors] or [error.sentence] if error else []
    return here.page(
        "menus/edit.html",
        problems.status_of(error) if error else 200,
        title="改菜单",
        account=account,
        menu=menu,
        mark=mark,
        faults=faults,
        does=DOES,
        keys=rules.KEYS,
        mini_programs=_mini_programs(here),
        groups=rules.GROUPS,
        buttons=rules.BUTTONS,
    )


def publish(here: Desk, app_id: str) -> Response:
    account = chosen.of_path(here, app_id)
    version = actions.publish(here.runtime.audit, here.actor, account, _KIND, forms.text("mark", 32))
    return _pushed(here, account, f"第 {version} 版菜单已经发布。")


def bring_back(here: Desk, app_id: str, number: int) -> Response:
    account = chosen.of_path(here, app_id)
    version = actions.bring_back(here.runtime.audit, here.actor, account, _KIND, number)
    return _pushed(here, account, f"第 {number} 版又生效了，记作第 {version} 版。")


def push(here: Desk, app_id: str) -> Response:
    return _pushed(here, chosen.of_path(here, app_id), "")


def throw_away(here: Desk, app_id: str) -> Response:
    account = chosen.of_path(here, app_id)
    actions.throw_away(here.actor, account, _KIND)
    here.say("草稿已经扔掉，菜单没有变。")
    return desk.go(_home(account))


def _pushed(here: Desk, account: Account, done: str) -> Response:
    """After the commit: what is published stands, whether the platform answers now or not."""
    try:
        actions.push_menu(here.actor, account, here.runtime.gateway(account.app_id))
    except GatewayError as error:
        here.say(f"{done}可是没能推送到微信：{error}。请过一会儿点「推送到微信」。", "bad")
    else:
        here.say(f"{done}已经推送，手机上五分钟内会换。")
    return desk.go(_home(account))


def _on_phones(here: Desk, account: Account) -> tuple[Button, ...] | None:
    """What the platform shows now; None when it does not say."""
    try:
        return here.runtime.gateway(account.app_id).menus.current()
    except GatewayError:
        return None


def _given() -> MenuBook:
    """What the form holds: a group without a name and a button without one are none."""
    groups = (MenuGroup(forms.text(f"group{n}", 64), tuple(_buttons(n))) for n in range(rules.GROUPS))
    return MenuBook(tuple(group for group in groups if group.name or group.buttons))


def _buttons(group: int) -> Iterator[MenuButton]:
    for place in range(rules.BUTTONS):
        start = f"button{group}-{place}-"
        name, does = forms.text(f"{start}name", 128), forms.text(f"{start}does", 16)
        if name or does:
            value = forms.text(f"{start}key", 32) if does == "key" else forms.text(f"{start}value", 1100)
            yield MenuButton(name, does, value, forms.text(f"{start}app", 64) if does == "page" else "")


def _mini_programs(here: Desk) -> dict[str, str]:
    accounts = here.runtime.accounts.all().values()
    return {each.app_id: each.name for each in accounts if each.kind is AccountKind.MINIPROGRAM}


def _home(account: Account) -> str:
    return f"{LIST}?account={account.app_id}"
