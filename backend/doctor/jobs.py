"""Whether the timetable is kept."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from backend import clock
from backend.doctor.findings import Finding, Verdict
from backend.runtime import Runtime
from backend.schedules import queries as schedules
from backend.schedules import rules
from backend.schedules.rules import Expected, JobDay, Trouble
from backend.storage import database as databases


def jobs_of(runtime: Runtime, jobs: Sequence[Expected]) -> Iterator[Finding]:
    """`jobs` is what the timetable promises. Nothing is said of a house in which nothing has been run yet, until its
    first day has passed."""
    now, installed_at = clock.now(), _schema_since(runtime)
    known = [(job, schedules.last_day(job.name)) for job in jobs]
    found = {job: rules.trouble(job, last, schedules.succeeded_at(job.name), installed_at, now) for job, last in known}
    late = [_job_title(job) for job, trouble in found.items() if trouble is Trouble.LATE]
    if late:
        remedy = "请确认 python manage.py scheduler 在运行，再看 python manage.py jobs。"
        yield Finding(Verdict.BAD, f"定时任务没有按时做成：{'、'.join(late)}", remedy)
    for job, last in known:
        if last is not None and found[job] in (Trouble.FAILED, Trouble.UNFINISHED):
            yield _last_run(job, last)
    if not any(found.values()) and any(last for _, last in known):
        yield Finding(Verdict.GOOD, "定时任务都按时做了")


def _last_run(job: Expected, last: JobDay) -> Finding:
    began = f"{clock.beijing(last.started_at):%m 月 %d 日 %H:%M}"
    what, again = f"定时任务 {_job_title(job)}", f"再做一次没有坏处：python manage.py job {job.name}"
    if last.error:
        return Finding(
            Verdict.BAD, f"{what}上次没有做成：{last.error}（{began}）", f"原因在日志的 job.failed 里。{again}"
        )
    return Finding(Verdict.ADVICE, f"{what}从 {began} 开始，没有做完", f"可能中途被结束了。{again}")


def _job_title(job: Expected) -> str:
    return f"{job.name}（{job.title}）"


def _schema_since(runtime: Runtime) -> datetime:
    """When the schema last changed: jobs that came with the change have had no turn before."""
    applied = databases.ask(runtime.database, "SELECT MAX(applied) FROM schema_migration")
    # SQLite answers with text; peewee's history is written in the machine's own time.
    return datetime.fromisoformat(str(applied)).astimezone(UTC)
