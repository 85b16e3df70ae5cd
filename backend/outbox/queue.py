"""The queue over huey: work that another process does. A task is a name and a small payload; `jobs` knows the names."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from huey import PostgresHuey, RedisHuey, SqliteHuey
from huey.api import Huey
from huey.serializer import SignedSerializer

from backend.errors import Misconfigured
from backend.settings import Settings

Payload = dict[str, Any]
Work = Callable[[Payload], None]
log = structlog.get_logger()


class Queue:
    """Putting is durable when `put` returns. A task that raises is logged with its id and not repeated:
    what must not be lost says so itself and puts itself again."""

    def __init__(self, huey: Huey) -> None:
        self._huey = huey
        self._works: Mapping[str, Work] = {}
        self._task = huey.task(name="work", context=True)(self._run)

    def put(self, name: str, payload: Payload, delay: float = 0.0) -> str:
        """Answers the id of the task. Payloads are small, and gone when the task is done; never a phone or a name."""
        # Enqueueing answers None: we keep no results.
        task = self._task.s(name, payload, delay=delay or None)
        self._huey.enqueue(task)
        return str(task.id)

    def waiting(self) -> int:
        return int(self._huey.pending_count()) + int(self._huey.scheduled_count())

    def serve(self, works: Mapping[str, Work], threads: int) -> None:
        """Work until a signal ends it: SIGINT lets running tasks finish."""
        self._works = works
        self._huey.create_consumer(
            workers=threads,
            periodic=False,
            initial_delay=0.1,
            backoff=1.5,
            max_delay=0.5,
            check_worker_health=True,
        ).run()

    def work_off(self, works: Mapping[str, Work]) -> int:
        """Do all whose time has come, here and now, and answer how much it was."""
        self._works, done = works, 0
        for task in self._huey.read_schedule():
            self._huey.enqueue(task)
        # Asked first, because taking from an empty Redis or PostgreSQL queue waits a second for something to come.
        while self._huey.pending_count() and (task := self._huey.dequeue()) is not None:
            done += self._huey.ready_to_run(task)
            self._huey.execute(task)  # a task of later goes to the schedule instead
        return done

    def close(self) -> None:
        self._huey.storage.close()

    def _run(self, name: str, payload: Payload, task: Any = None) -> None:
        bound = log.bind(task=name, task_id=getattr(task, "id", ""))
        work = self._works.get(name)
        if work is None:
            bound.error("task.unknown")
            return
        try:
            work(payload)
        except Exception:  # noqa: BLE001 - one task must not end the worker
            bound.exception("task.failed")


def open_queue(settings: Settings) -> Queue:
    # Signed, because whoever can write to the queue could otherwise have anything unpickled here.
    common: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=settings.secret_key, salt="tongxin.queue"),
    }
    url = settings.queue_url
    if not url:
        return Queue(SqliteHuey("tongxin", filename=str(settings.data_dir / "queue.db"), fsync=True, **common))
    if url.startswith(("redis://", "rediss://")):
        return Queue(RedisHuey("tongxin", url=url, **common))
    if url.startswith(("postgresql://", "postgres://")):
        return Queue(PostgresHuey("tongxin", dsn=url, **common))
    raise Misconfigured("queue_url", "TONGXIN_QUEUE_URL 留空，或以 redis://、postgresql:// 开头。")
