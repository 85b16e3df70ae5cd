"""The keys a deployment needs."""

import base64
import secrets

import click


@click.command()
def keys() -> None:
    """生成一组密钥，写进环境变量文件。"""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    click.echo(f"TONGXIN_SECRET_KEY={secrets.token_urlsafe(48)}\nTONGXIN_DATA_KEYS=k1:{key}")
