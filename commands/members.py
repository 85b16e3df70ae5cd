"""What staff do for members at the counter, until the console has a page for it."""

import click

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
