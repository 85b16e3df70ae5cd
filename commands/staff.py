"""Accounts of the console, for when nobody can sign in yet, or any more; and the proof of the audit."""

import sys
from datetime import datetime

import click

from backend import clock
from backend.audit import verification
from backend.errors import NotFound
from backend.permissions import EVERYWHERE, ROLES
from backend.runtime import Runtime
from backend.staff import actions, queries, rules
from backend.staff.actions import Link, NewStaff
from commands import house
from models.staff import Role, StaffState

_STATES = {
    StaffState.INVITED: "还没设好",
    StaffState.ACTIVE: "在用",
    StaffState.SUSPENDED: "停用",
    StaffState.LEFT: "离岗",
}


@click.group("staff")
def staff() -> None:
    """工作台账号。"""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option("--unit", required=True, help="单位，居民看得到，例如 慢城街道办事处")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMINISTRATOR.value)
@click.option("--place", default=EVERYWHERE, help="范围：区划编码，不写就是全部")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="到哪天为止，例如 2027-12-31")
def add(login: str, name: str, unit: str, role: str, place: str, until: datetime | None) -> None:
    """建立一个账号，打印一次性的设置链接。没有任何默认账号和默认密码。"""
    runtime = house.ready()
    end = None if until is None else clock.end_of_day(until.date())
    told = NewStaff(login, name, unit, Role(role), place, end)
    _tell(runtime, actions.add(runtime.audit, None, told))


@staff.command("link")
@click.argument("login")
def link(login: str) -> None:
    """再给一个设置链接：密码和验证器都要重设，原来的马上作废。"""
    runtime = house.ready()
    _tell(runtime, actions.new_link(runtime.audit, None, _of(login)))


@staff.command("leave")
@click.argument("login")
def leave(login: str) -> None:
    """离岗：马上不能登录，权限都到今天为止。"""
    runtime = house.ready()
    actions.leave(runtime.audit, None, _of(login))
    click.echo("已经离岗。")


@staff.command("list")
def listed() -> None:
    """所有账号和现在的角色。"""
    house.ready()
    for each in queries.everybody():
        held = "、".join(
            f"{ROLES[grant.role]}（{grant.place_name}）" for grant in queries.grant_views(each.id) if grant.holds
        )
        click.echo(f"{each.login}　{each.name}　{each.unit}　{_STATES[each.state]}　{held}")


@click.command("verify-audit")
@click.option("--known", default="", help="上次核对时打出来的末尾：末尾被截掉，只有这样查得出来")
def verify_audit(known: str) -> None:
    """核对审计记录：有没有被改过、删过、插过。"""
    runtime = house.ready()
    found, kept = verification.verify(runtime.lookups), not known or verification.is_kept(known)
    click.echo(found.words)
    click.echo(f"末尾是 {verification.end() or '空的'}，请记在这台服务器以外，下次用 --known 带上。")
    if not kept:
        click.echo("上次的末尾不在了，或者变了：有人截掉过后面的记录。请保留数据库，报告管理员。")
    sys.exit(0 if found.sound and kept else 1)


def _tell(runtime: Runtime, made: Link) -> None:
    click.echo(address(runtime, made))
    click.echo(f"请交给本人，{rules.LINK_LIFE.total_seconds() / 3600:.0f} 小时内有效，只能用一次。")


def address(runtime: Runtime, made: Link) -> str:
    return f"{runtime.settings.base_url or 'http://127.0.0.1:8000'}/console/setup/{made.token}"


def _of(login: str) -> int:
    found = queries.by_login(login)
    if found is None:
        raise NotFound("no_staff", f"没有登录名是「{login}」的账号。")
    return found.id
