"""What the queue promises on each engine: worked once, somewhere, later if asked, and never by a forger's word."""

import os
import pickle
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from huey.serializer import SignedSerializer
from structlog.testing import capture_logs

from backend.errors import Misconfigured
from backend.outbox.queue import Payload, Queue, open_queue
from backend.settings import Settings
from tests import processes
from tests.conftest import make_settings
from tests.servers import database_servers, redis_url

REDIS, SERVERS = redis_url(), database_servers()
ENGINES = ["sqlite", *(["redis"] if REDIS else []), *(["postgresql"] if "postgresql" in SERVERS else [])]


@pytest.fixture(params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    given = make_settings(tmp_path)
    if request.param == "sqlite":
        yield given
    elif request.param == "redis":
        url = redis_url(to_empty=True)  # the queue's keys have no prefix of their own
        with redis.Redis.from_url(url) as client:
            client.flushdb()
            yield replace(given, queue_url=url)
            client.flushdb()
    else:
        with SERVERS["postgresql"].empty_database() as url:
            yield replace(given, queue_url=url)


@pytest.fixture
def queue(settings: Settings) -> Iterator[Queue]:
    made = open_queue(settings)
    yield made
    made.close()


def _worker(settings: Settings) -> str:
    """Lines of another process that works on the same queue and prints what it works on."""
    return (
        "from pathlib import Path\n"
        "from backend.outbox.queue import open_queue\n"
        "from backend.settings import Settings\n"
        "from backend.web import logs\n"
        "logs.configure('INFO')\n"
        f"queue = open_queue(Settings(data_dir=Path({str(settings.data_dir)!r}), "
        f"queue_url={settings.queue_url!r}, secret_key={settings.secret_key!r}))\n"
        "import os, time\n"
        # One write for a line: `print` makes two, and those of two threads would mix.
        "def say(words): os.write(1, f'{words}\\n'.encode())\n"
        "def work(payload): say(payload['number'])\n"
        "def fail(payload): raise RuntimeError\n"
        "def wait(payload): time.sleep(0.5); say(payload['number'])\n"
        "works = {'work': work, 'fail': fail, 'wait': wait}\n"
    )


def test_what_is_put_is_worked_once_in_order(queue: Queue) -> None:
    seen: list[Payload] = []
    ids = {queue.put("work", {"number": number, "words": "云溪🏮"}) for number in range(10)}
    assert len(ids) == 10
    assert queue.work_off({"work": seen.append}) == 10
    assert seen == [{"number": number, "words": "云溪🏮"} for number in range(10)]
    assert queue.work_off({"work": seen.append}) == 0


def test_another_process_works_on_what_is_put_here(settings: Settings, queue: Queue) -> None:
    with processes.running(_worker(settings) + "queue.serve(works, 2)") as worker:
        for number in range(10):
            queue.put("work", {"number": number})
        seen = sorted(int(processes.next_line(worker)) for _ in range(10))
    assert seen == list(range(10))
    assert queue.waiting() == 0


def test_two_processes_share_the_work_and_do_nothing_twice(settings: Settings, queue: Queue) -> None:
    program = _worker(settings) + "print(queue.work_off(works))"
    for number in range(60):
        queue.put("work", {"number": number})
    with processes.running(program) as one, processes.running(program) as two:
        outputs = [worker.communicate(timeout=20)[0].decode().split() for worker in (one, two)]
    assert sum(int(lines[-1]) for lines in outputs) == 60
    assert sorted(int(line) for lines in outputs for line in lines[:-1]) == list(range(60))


def test_a_process_killed_right_after_putting_loses_nothing(settings: Settings, queue: Queue) -> None:
    putting = "for number in range(20): queue.put('work', {'number': number})\n"
    program = _worker(settings) + putting + "import os; os.kill(os.getpid(), 9)"
    with processes.running(program) as killed:
        assert killed.wait(20) == -9
    assert queue.waiting() == 20


def test_a_worker_that_is_asked_to_end_finishes_its_task(settings: Settings, queue: Queue) -> None:
    program = _worker(settings) + "works['work'] = lambda p: (say('began'), wait(p))\nqueue.serve(works, 1)"
    queue.put("work", {"number": 7})
    with processes.running(program) as worker:
        assert processes.next_line(worker) == "began"
        worker.send_signal(signal.SIGINT)
        assert processes.next_line(worker) == "7"
        assert worker.wait(10) == 0


def test_an_unknown_task_is_logged_and_dropped(queue: Queue) -> None:
    seen: list[Payload] = []
    task_id = queue.put("from_a_newer_version", {})
    queue.put("work", {})
    with capture_logs() as logs:
        queue.work_off({"work": seen.append})
    assert [(line["event"], line["task"], line["task_id"]) for line in logs] == [
        ("task.unknown", "from_a_newer_version", task_id)
    ]
    assert seen == [{}]
    assert queue.waiting() == 0


def test_a_task_that_raises_is_logged_with_its_id_and_does_not_stop_the_next(queue: Queue) -> None:
    seen: list[Payload] = []

    def fail(_payload: Payload) -> None:
        raise RuntimeError("broken")

    task_id = queue.put("fail", {"openid": "oSecret"})
    queue.put("work", {"number": 2})
    with capture_logs() as logs:
        assert queue.work_off({"work": seen.append, "fail": fail}) == 2
    assert seen == [{"number": 2}]
    assert [(line["event"], line["task_id"]) for line in logs] == [("task.failed", task_id)]
    assert "oSecret" not in str(logs)
    assert queue.waiting() == 0, "it is not repeated by itself"


def test_a_delayed_task_waits_for_its_time(queue: Queue) -> None:
    seen: list[Payload] = []
    works = {"work": seen.append}
    queue.put("work", {"number": "later"}, delay=0.5)
    queue.put("work", {"number": "now"})
    assert queue.work_off(works) == 1
    assert seen == [{"number": "now"}]
    assert queue.waiting() == 1
    time.sleep(0.6)
    assert queue.work_off(works) == 1
    assert seen == [{"number": "now"}, {"number": "later"}]
    assert queue.waiting() == 0


def test_a_serving_worker_does_a_delayed_task_when_its_time_has_come(settings: Settings, queue: Queue) -> None:
    with processes.running(_worker(settings) + "queue.serve(works, 1)") as worker:
        began = time.monotonic()
        queue.put("work", {"number": 3}, delay=0.5)
        assert processes.next_line(worker) == "3"
        assert 0.45 <= time.monotonic() - began < 6


def test_waiting_counts_what_is_put_now_and_for_later(queue: Queue) -> None:
    assert queue.waiting() == 0
    for _ in range(3):
        queue.put("work", {})
    queue.put("work", {}, delay=60)
    assert queue.waiting() == 4
    queue.work_off({"work": lambda _payload: None})
    assert queue.waiting() == 1


class Bomb:
    """Whoever unpickles it makes a directory."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self._path,)


def _forgeries(queue: Queue, settings: Settings, trap: Path) -> dict[str, bytes]:
    queue.put("work", {"number": 1})
    genuine = bytes(queue._huey.storage.dequeue())
    bomb = pickle.dumps(Bomb(trap))
    stolen = genuine.rsplit(b":", 1)[1]
    other = SignedSerializer(secret="x" * 40, salt="tongxin.queue").serialize(Bomb(trap))
    salted = SignedSerializer(secret=settings.secret_key, salt="huey").serialize(Bomb(trap))
    return {"bare": bomb, "stolen": bomb + b":" + stolen, "other key": other, "other salt": salted, "empty": b""}


def test_a_tampered_message_is_not_unpickled(settings: Settings, queue: Queue, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for name, message in _forgeries(queue, settings, trap).items():
        queue._huey.storage.enqueue(message)
        with pytest.raises(ValueError, match=r"Separator|mismatch"):
            queue.work_off({})
        assert not trap.exists(), name


def test_a_serving_worker_passes_over_tampered_messages_and_failures(
    settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    forged = _forgeries(queue, settings, trap)
    for message in (forged["bare"], forged["stolen"]):
        queue._huey.storage.enqueue(message)
    queue.put("fail", {})
    queue.put("work", {"number": 5})
    with processes.running(_worker(settings) + "queue.serve(works, 1)") as worker:
        assert processes.next_line(worker) == "5"
    assert not trap.exists()


def test_an_unknown_queue_url_is_refused_with_the_name_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="TONGXIN_QUEUE_URL"):
        open_queue(replace(make_settings(tmp_path), queue_url="amqp://127.0.0.1"))
