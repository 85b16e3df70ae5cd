"""The schema: brought up to date, and its next step made from the models."""

import click

from backend.accounts import actions as accounts
from backend.consents import actions as consents
from backend.places import actions as places
from backend.storage import migrations
from commands import house
from models.registry import TABLES


@click.command()
def migrate() -> None:
    """把数据库结构升级到最新，并把设置里的账号写进去。"""
    runtime = house.started()
    names = migrations.apply(runtime.database)
    accounts.seed(runtime.settings, runtime.cipher)
    consents.publish_first()
    places.spell()
    click.echo("\n".join(f"已升级：{name}" for name in names) or "数据库结构已经是最新的。")


@click.command()
@click.argument("name")
def migration(name: str) -> None:
    """从模型生成下一个迁移文件。"""
    path = migrations.generate(TABLES, name)
    click.echo(f"已生成：{path}" if path else "模型和迁移一致，不用生成。")
