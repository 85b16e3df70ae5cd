"""Which template tells which kind of message."""

import click

from backend.subscriptions import actions as subscriptions
from backend.subscriptions import listing
from backend.subscriptions import queries as bindings
from backend.subscriptions import rules as templates
from commands import house
from models.deliveries import Channel


@click.group()
def template() -> None:
    """消息模板：哪种消息用微信上的哪个模板来发。"""


@template.command("list")
@click.argument("app_id")
def template_list(app_id: str) -> None:
    """列出微信上这个账号的模板，和各自绑定的消息。"""
    runtime = house.ready()
    account = runtime.account(app_id)
    bound = [one for one in bindings.bindings().values() if one.account_id == account.id]
    offers = bindings.offers(runtime.gateway(app_id), account.kind)
    click.echo("\n".join(listing.lines(offers, bound)) or "微信上还没有模板，请先在公众平台里添加。")


@template.command("bind")
@click.argument("app_id")
@click.argument("kind")
@click.argument("template_id")
@click.argument("fields", nargs=-1)
def template_bind(app_id: str, kind: str, template_id: str, fields: tuple[str, ...]) -> None:
    """KIND 这种消息用这个模板发；FIELDS 写成 thing1=title time2=when：模板里的每一项用消息的哪个字段来填。"""
    runtime = house.ready()
    account = runtime.account(app_id)
    given = templates.fields_of(fields)
    offer = bindings.offer(runtime.gateway(app_id), account.kind, template_id)
    subscriptions.bind(account.id, kind, offer, given)
    click.echo(f"已绑定：{kind} 通过 {offer.channel} 用模板「{offer.title}」。")


@template.command("unbind")
@click.argument("app_id")
@click.argument("channel", type=click.Choice([channel.value for channel in templates.BINDABLE]))
@click.argument("kind")
def template_unbind(app_id: str, channel: str, kind: str) -> None:
    """KIND 这种消息不再通过这个通道发。"""
    runtime = house.ready()
    subscriptions.unbind(runtime.account(app_id).id, Channel(channel), kind)
    click.echo(f"已解除绑定：{kind} 不再通过 {channel} 发。")
