"""What comes from sheets."""

from pathlib import Path

import click

from backend.activities import actions as activities
from backend.places import actions as places
from backend.sheets.lines import Imported
from commands import house

_SHEET = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def imports() -> None:
    """从表格导入。"""


@imports.command("places")
@click.argument("file", type=_SHEET)
def import_places(file: Path) -> None:
    """区划，XLSX 或 CSV，表头：code,name,level,parent,lat,lng，还可以有 boundary。有一行不对就一行也不导入。"""
    house.ready()
    done = places.import_sheet(file)
    click.echo(f"新增 {done.added}，修改 {done.changed}，未变 {done.same}。")


@imports.command("contacts")
@click.argument("file", type=_SHEET)
def import_contacts(file: Path) -> None:
    """公示的联系人，XLSX 或 CSV，表头：code,role,name,phone,hours。表里有的地方，原来的联系人不在表里就删掉。"""
    house.ready()
    _say(places.import_contacts(file))


@imports.command("activities")
@click.argument("file", type=_SHEET)
def import_activities(file: Path) -> None:
    """活动，XLSX 或 CSV，表头：code,title,start,end,venue。表里有的地方，还没结束的活动不在表里就删掉。"""
    house.ready()
    _say(activities.import_sheet(file))


def _say(done: Imported) -> None:
    click.echo(f"新增 {done.added}，修改 {done.changed}，未变 {done.same}，删除 {done.removed}。")
