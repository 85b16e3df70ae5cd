"""The timetable and what is recorded of it, as an operator reads it on one page."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from backend import clock
from backend.schedules import queries, rules
from backend.schedules.rules import JobDay
from jobs.timetable import Job


def page(timetable: Iterable[Job]) -> Iterator[str]:
    today = rules.day_of(clock.now())
    for job in timetable:
        yield f"{job.name}  {job.when}  {job.title}"
        last = queries.last_day(job.name)
        yield f"    {_last_run(last)}" if last else "    还没有做过"
        if last and last.day == today:
            yield f"    {_today(last)}"


def _last_run(last: JobDay) -> str:
    began = f"上次 {_moment(last.started_at)}"
    if last.ended_at is None:
        return f"{began}，还没有结束"
    took = (last.ended_at - last.started_at).total_seconds()
    return f"{began}，用了 {took:.2f} 秒，" + (f"没有做成：{last.error}" if last.error else "做成了")


def _today(last: JobDay) -> str:
    # A run that goes on counts as failed until it has ended well: it is not called so before.
    failures = last.failures - (last.ended_at is None)
    return f"今天 {last.runs} 次，处理了 {last.done} 件，没有做成 {failures} 次"


def _moment(moment: datetime) -> str:
    return f"{clock.beijing(moment):%m 月 %d 日 %H:%M:%S}"
