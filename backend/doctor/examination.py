"""Looks a deployment over, from the ground up."""

from collections.abc import Iterator, Sequence

from backend.doctor import accounts, deliveries, jobs, keys, machines
from backend.doctor.findings import Finding, Verdict, probe
from backend.runtime import Runtime
from backend.schedules.rules import Expected


def examine(runtime: Runtime, expected: Sequence[Expected] = ()) -> Iterator[Finding]:
    """One finding after another, so that a slow check does not hold back what is known already.

    `expected` is what the timetable promises: the house does not know its doors, so the roof tells it.
    """
    settings = runtime.settings
    yield from machines.settings_of(settings)
    database_works = True
    for finding in probe("数据库", settings.database.split("://")[0], lambda: machines.database_of(runtime)):
        database_works = finding.verdict is not Verdict.BAD
        yield finding
    yield from probe("键值存储", "redis" if settings.redis_url else "sqlite", lambda: machines.store_of(runtime))
    yield from probe("任务队列", "", lambda: machines.queue_of(runtime))
    if database_works:
        yield from probe("数据密钥", "", lambda: keys.keys_of(runtime))
        yield from accounts.accounts_of(runtime)
        yield from probe("投递", "", deliveries.deliveries_of)
        yield from probe("定时任务", "", lambda: jobs.jobs_of(runtime, expected))
