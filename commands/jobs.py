"""What the clock starts: one job by hand, and the whole day."""

import click

from backend.errors import NotFound
from commands import house
from jobs import days, runs, timetable


@click.command()
@click.argument("name")
def job(name: str) -> None:
    """现在就做一次定时任务，名字见 jobs/timetable.py。"""
    try:
        chosen = timetable.job(name)
    except KeyError as error:
        known = "、".join(item.name for item in timetable.TIMETABLE)
        raise NotFound("job_unknown", f"没有叫「{name}」的任务。有：{known}") from error
    click.echo(f"{name}：处理了 {runs.by_hand(chosen, house.ready())} 件")


@click.command()
def jobs() -> None:
    """全天的定时任务：什么时候做，上次做得怎样。"""
    house.ready()
    click.echo("\n".join(days.page(timetable.TIMETABLE)))
