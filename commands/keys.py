"""The keys a deployment needs: new ones, and taking old ones out of use."""

import base64
import secrets
from collections.abc import Iterator

import click

from backend.privacy import rotation
from backend.privacy.cipher import FieldCipher
from commands import house

_TELL = 10_000
"""After about so many values one line."""


@click.command()
def keys() -> None:
    """生成一组密钥，写进环境变量文件。"""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    click.echo(f"TONGXIN_SECRET_KEY={secrets.token_urlsafe(48)}\nTONGXIN_DATA_KEYS=k1:{key}")


@click.command("rotate-keys")
@click.option("--status", is_flag=True, help="只看还有多少值要用旧钥匙，不换")
def rotate_keys(status: bool) -> None:
    """换用 TONGXIN_DATA_KEYS 里的第一把钥匙：服务照常运行，可以中断，可以再来。"""
    cipher = house.current().cipher  # the accounts need not open: a missing key is to be told
    if not status:
        _rotate(cipher)
    click.echo("\n".join(_standing(cipher)))


def _rotate(cipher: FieldCipher) -> None:
    done = 0
    for step in rotation.rotate(cipher):
        if (done + step.changed) // _TELL > done // _TELL:
            click.echo(f"已换 {done + step.changed} 个，正在换 {step.column}")
        done += step.changed
    click.echo(f"换好了 {done} 个。")


def _standing(cipher: FieldCipher) -> Iterator[str]:
    needs = rotation.needs(cipher)
    yield f"{needs.current} 个值用现在的钥匙 {cipher.current}。"
    for name, count in needs.old.items():
        yield f"还有 {count} 个值要用 {name}。" if count else f"可以从 TONGXIN_DATA_KEYS 里去掉 {name} 了。"
    for name, count in needs.missing.items():
        yield f"{count} 个值要用 {name}，TONGXIN_DATA_KEYS 里没有它。" if name else f"{count} 个值不是密文。"
