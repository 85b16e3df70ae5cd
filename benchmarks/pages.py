"""The console among 250,000 members in PostgreSQL: how long every list, search and detail page takes.

A web process as `manage.py serve` starts it, the simulator as the platform. Each page is asked for again and again,
each time for somebody else or by other words, by whoever may see it. What is told is what the client waited: the
server's own time and a little more. A page that is new is measured, or named as none, or this refuses to run.
"""

import contextlib
import http.client
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from backend import runtime as runtimes
from backend.settings import Settings
from benchmarks import deskwork, load, population, sights
from benchmarks.serving import served
from benchmarks.sights import PATHS, Sight, Visit
from console import PAGES
from tests.served import house_settings, platform_of_both, prepare
from tests.servers import database_servers, redis_url

PORT = 18795
TIMES = 40
TARGET_MS = 150.0
RATE = 10
"""Pages a second when all are asked for at once: two hundred people, each of whom looks at one for twenty seconds."""

SECONDS = 60


@dataclass(frozen=True)
class Took:
    """Milliseconds."""

    page: str
    who: str
    p50: float
    p95: float


def main() -> None:
    server = database_servers().get("postgresql")
    if server is None or not redis_url():
        print("PostgreSQL or Redis is not there: pages were NOT measured.")
        return
    sights.require_all(PAGES)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        platform = stack.enter_context(platform_of_both(folder))
        url = stack.enter_context(server.empty_database())
        settings = replace(house_settings(folder, platform, url), redis_url=redis_url(to_empty=True))
        seen = _filled(prepare(replace(settings, log_level="WARNING")), folder)
        with served(settings, PORT):
            _measure_each(seen)
            _measure_together(seen)


def _filled(settings: Settings, folder: Path) -> list[Sight]:
    population.fill(settings)
    runtime = runtimes.start(settings)
    try:
        deskwork.leave(runtime, folder)
        return sights.open_eyes(runtime)
    finally:
        runtime.database.close()
        runtime.close()


def _measure_each(seen: list[Sight]) -> None:
    print(
        f"\npages of the console, {population.MEMBERS:,} members in PostgreSQL, {TIMES} times each, one after another"
    )
    print(f"  of the staff who see a page those for whom it took longest; target: p95 below {TARGET_MS:.0f} ms")
    worst = [max(_by_whom(page, seen), key=lambda took: took.p95) for page in PATHS]
    for took in sorted(worst, key=lambda took: -took.p95):
        missed = "" if took.p95 < TARGET_MS else "  MISSED"
        print(f"  {took.page:28} p50 {took.p50:4.0f} ms, p95 {took.p95:4.0f} ms ({took.who}){missed}")
    slow = sum(took.p95 >= TARGET_MS for took in worst)
    print(f"  {len(worst)} pages, {slow} of them above: {'MISSED' if slow else 'reached'}")


def _by_whom(page: str, seen: list[Sight]) -> Iterator[Took]:
    for sight in seen:
        visits = [sight.path(page, number) for number in range(TIMES)]
        if all(visits):
            yield _took(page, sight.who, [_timed(sight, number, path) for number, path in enumerate(visits)])


def _took(page: str, who: str, latencies: list[float]) -> Took:
    found = sorted(latencies)
    return Took(page, who, found[len(found) // 2] * 1000, found[int(len(found) * 0.95)] * 1000)


def _timed(sight: Sight, number: int, path: str) -> float:
    """Seconds, over a connection that stands. An answer that is no page is no measurement."""
    line = _lines[PORT]
    began = time.perf_counter()
    line.request("GET", path, headers={"Cookie": sight.cookie(number), "Connection": "keep-alive"})
    answer = line.getresponse()
    words = answer.read()
    took = time.perf_counter() - began
    assert answer.status == 200, (path, sight.who, answer.status, words[:500])
    return took


_lines = {PORT: http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)}


def _measure_together(seen: list[Sight]) -> None:
    visits = [_request(visit) for visit in _mixed(seen)]
    found = load.pace(PORT, visits, RATE)
    assert found.wrong == 0, f"{found.wrong} wrong answers"
    p50, p95, p99 = (found.percentile(share) for share in (0.5, 0.95, 0.99))
    print(f"\nall of them in any order, {RATE} a second for {SECONDS} s")
    verdict = "reached" if p95 < TARGET_MS else "MISSED"
    print(f"  p50 {p50:.0f} ms, p95 {p95:.0f} ms ({verdict}), p99 {p99:.0f} ms")


def _mixed(seen: list[Sight]) -> list[Visit]:
    some = random.Random(50)
    found: list[Visit] = []
    while len(found) < RATE * SECONDS:
        sight, number = some.choice(seen), some.randrange(10_000)
        path = sight.path(some.choice(list(PATHS)), number)
        found += [(sight, number, path)] if path else []
    return found


def _request(visit: Visit) -> bytes:
    sight, number, path = visit
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {sight.cookie(number)}\r\n\r\n".encode()


if __name__ == "__main__":
    main()
