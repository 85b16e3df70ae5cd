"""The description of the API, for programs that are made from it."""

import json

import click

import miniprogram_api


@click.command()
def openapi() -> None:
    """接口文档（OpenAPI），用来生成 docs/client。"""
    click.echo(json.dumps(miniprogram_api.described(), ensure_ascii=False, indent=1, sort_keys=True))
