"""The accounts on the platform: their menu, and what was closed to them."""

import click

from backend.errors import NotFound
from backend.wechat.circuits import ACCOUNT
from commands import house
from handlers import menu as menus


@click.group()
def menu() -> None:
    """公众号菜单。"""


@menu.command("push")
@click.option("--app-id", default="", help="只推送这一个公众号")
def menu_push(app_id: str) -> None:
    """把工作台里发布的菜单推送到公众号；没有发布过的，推送 handlers/menu.py 里的。"""
    runtime = house.ready()
    chosen = [account for account in runtime.accounts.official() if app_id in ("", account.app_id)]
    if not chosen:
        raise NotFound("account_unknown", "没有找到公众号，请先设置 TONGXIN_OFFICIAL_APP_ID 等四项。")
    for account in chosen:
        runtime.gateway(account.app_id).menus.push(menus.of(account.id))
        click.echo(f"已推送菜单：{account.name}")


@click.command()
@click.argument("app_id")
@click.option("--interface", default="", help="只恢复这一个接口，例如 /cgi-bin/message/custom/send")
@click.option("--clear-quota", is_flag=True, help="同时向微信申请清零今天的调用次数（次数有限，每月 10 次）")
def reopen(app_id: str, interface: str, clear_quota: bool) -> None:
    """恢复一个暂停调用微信的账号或接口：原因排除以后用。"""
    runtime = house.ready()
    runtime.kv.ping()  # what is closed stands there: without it nothing would seem to be
    gateway = runtime.gateway(app_id)
    closed = gateway.circuits.closed()
    for name in closed if not interface else {interface} & closed.keys():
        gateway.circuits.reopen(name)
        click.echo(f"已恢复：{'整个账号' if name == ACCOUNT else name}")
    if clear_quota:
        gateway.quotas.clear(interface) if interface else gateway.quotas.clear_all()
        click.echo("微信已把调用次数清零。")
    gateway.ping()
    click.echo("微信接口可以调用了。")
