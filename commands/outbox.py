"""What is being sent: how far it is, and holding it back."""

import click

from backend.outbox import actions, listing, queries
from commands import house


@click.group()
def outbox() -> None:
    """发出去的消息：看进度，暂停，继续，取消。"""


@outbox.command("list")
@click.option("--all", "everything", is_flag=True, help="也列出已经完成的")
@click.option("--limit", default=20, show_default=True)
def outbox_list(everything: bool, limit: int) -> None:
    """最近的投递，每个一行：各种结果的人数加起来就是总人数。"""
    house.ready()
    found = queries.latest(limit, unfinished=not everything)
    click.echo("\n".join(listing.line(each) for each in found) or "没有等着发的消息。")


@outbox.command("show")
@click.argument("source", type=int)
def outbox_show(source: int) -> None:
    """一个投递的全部数字：结果、通道、原因。"""
    house.ready()
    click.echo("\n".join(listing.page(queries.truth(source))))


@outbox.command("pause")
@click.argument("source", type=int)
def outbox_pause(source: int) -> None:
    """暂停：一秒内不再发出新的。"""
    house.ready()
    queries.truth(source)
    click.echo("已暂停。" if actions.pause(source, actions.BY_HAND) else "它没有在进行，没有什么可暂停的。")


@outbox.command("resume")
@click.argument("source", type=int)
def outbox_resume(source: int) -> None:
    """继续发。"""
    runtime = house.ready()
    queries.truth(source)
    click.echo("已继续。" if runtime.outbox.resume(source) else "它没有暂停，不用继续。")


@outbox.command("cancel")
@click.argument("source", type=int)
@click.confirmation_option(prompt="还没有发出的就不再发了，不能恢复。确定吗？")
def outbox_cancel(source: int) -> None:
    """取消：还没有发出的不再发。"""
    house.ready()
    queries.truth(source)
    click.echo(f"已取消，{actions.cancel(source)} 人不会收到。")
