"""What staff do for members at the counter, and who answers for a lane, until the console has pages for it."""

import click

from backend.errors import NotFound
from backend.heads import actions as heads
from backend.permissions import ALL
from backend.runtime import Runtime
from commands import house


@click.group("member")
def member() -> None:
    """成员。"""


@member.command("confirm")
@click.argument("phone")
@click.option("--by", required=True, help="谁当面确认的，例如 张老师（春晓社区）")
@click.option("--same-person", is_flag=True, help="也确认了：以前用这个号码登记的就是本人")
def confirm(phone: str, by: str, same_person: bool) -> None:
    """当面确认手机号：给本人看确认码，十分钟内由本人在小程序里填写，用一次就作废。"""
    runtime = house.ready()
    click.echo(f"确认码：{runtime.confirmations.make(phone, by, same_person)}（十分钟内有效，只能用一次）")


@click.group("head")
def head() -> None:
    """楼栋长、巷长。"""


@head.command("appoint")
@click.argument("phone")
@click.argument("place")
def appoint(phone: str, place: str) -> None:
    """这位成员（登记的手机号）从现在起是这里（区划编码）的楼栋长、巷长。"""
    runtime = house.ready()
    heads.appoint(_member(runtime, phone), place)
    click.echo("已经任命。本人同意以后，邻居才看得到电话。")


@head.command("dismiss")
@click.argument("phone")
@click.argument("place")
def dismiss(phone: str, place: str) -> None:
    """这位成员不再是这里的楼栋长、巷长。"""
    runtime = house.ready()
    heads.dismiss(_known(runtime.search.whose(phone)), place)  # also who restricted us may stop
    click.echo("已经卸任。")


def _member(runtime: Runtime, phone: str) -> int:
    found = runtime.search.by_phone(phone, ALL)
    return _known(None if found is None else found.id)


def _known(member_id: int | None) -> int:
    if member_id is None:
        raise NotFound("no_member", "没有成员登记过这个手机号，请本人先登记。")
    return member_id
