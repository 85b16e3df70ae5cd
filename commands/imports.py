"""What comes from sheets."""

from pathlib import Path

import click

from backend.errors import HouseError
from backend.places import actions as places
from commands import house


@click.group("import")
def imports() -> None:
    """从表格导入。"""


@imports.command("places")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_places(file: Path) -> None:
    """区划，CSV 表头：code,name,level,parent,lat,lng。有一行不对就一行也不导入。"""
    house.ready()
    try:
        done = places.import_sheet(file.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise HouseError("not_utf8", "这个文件不是 UTF-8 编码，请另存为「CSV UTF-8」再导入。") from error
    click.echo(f"新增 {done.added}，修改 {done.changed}，未变 {done.same}。")
