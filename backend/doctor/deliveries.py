"""Whether what people are to be told is on its way."""

from collections.abc import Iterator
from datetime import timedelta

from backend.doctor.findings import Finding, Verdict
from backend.outbox import queries as outbox
from backend.outbox.actions import BY_HAND
from backend.outbox.queries import Load, Truth

PATIENCE = timedelta(minutes=1)
"""For so long what is due may wait for a worker, and a worker be silent: of one that was killed a row remains."""

LONG = timedelta(hours=1)
"""After so long even a broadcast to everybody should have left."""

MOST = 5
"""Of the paused sources so many are told."""

_LIST = "请看 python manage.py outbox list。"


def deliveries_of() -> Iterator[Finding]:
    load = outbox.load()
    yield _waiting(load)
    yield from map(_paused, outbox.paused(MOST))
    if load.paused > MOST:
        yield Finding(Verdict.ADVICE, f"另外还有 {load.paused - MOST} 个投递暂停着", _LIST)


def _waiting(load: Load) -> Finding:
    minutes, patience = int(load.lag // 60), PATIENCE.total_seconds()
    if load.lag > patience and all(worker.silent > patience for worker in load.workers):
        what = f"{load.due} 条消息到了时间没有人发，最久的等了 {minutes} 分钟"
        return Finding(Verdict.BAD, what, "请确认 python manage.py worker 在运行。")
    if load.lag > LONG.total_seconds():
        return Finding(Verdict.ADVICE, f"{load.due} 条消息还没有发完，最久的等了 {minutes} 分钟", _LIST)
    return Finding(Verdict.GOOD, f"投递正常，有 {load.due} 条正在发" if load.due else "投递正常，没有等着发的消息")


def _paused(source: Truth) -> Finding:
    """Somebody paused it and knows; or the house did, for a reason that has to be mended."""
    what = f"投递 {source.id}（{source.type}/{source.step}）暂停着，{source.waiting} 人等着"
    if source.why == BY_HAND:
        return Finding(Verdict.ADVICE, what, f"要继续，请运行 python manage.py outbox resume {source.id}")
    remedy = f"原因在 python manage.py outbox show {source.id}；改好以后运行 python manage.py outbox resume {source.id}"
    return Finding(Verdict.BAD, f"{what}：{source.why}", remedy)
