"""The webhook in safe mode at its real work, against wechatpy's echo under the same server: throughput per core, p99.

Each server has the first core for itself; the load, the scheduler and the databases have the second.
"""

import base64
import contextlib
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend import clock
from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.settings import Settings
from backend.storage import migrations
from benchmarks import load, pushes
from models.followers import FollowState, WechatIdentity
from tests.servers import database_servers, redis_url

PEOPLE = 50_000
MESSAGES = 24_000
ROUNDS = 3
WARM = 2_000


@dataclass(frozen=True)
class Measured:
    rate: float
    per_cpu_second: float
    p99: float
    mebibytes: float


def main() -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        report("sqlite", _environment(folder / "sqlite", ""), 1.0)
        server = database_servers().get("postgresql")
        if server is None or not redis_url():
            print("PostgreSQL or Redis is not there: that half was NOT measured.")
            return
        url = stack.enter_context(server.empty_database())
        report("postgresql + redis", _environment(folder / "postgres", url, redis_url()), 0.6)


def report(name: str, env: dict[str, str], target: float) -> None:
    settings = _prepare(env)
    echoes: list[Measured] = []
    ours: list[Measured] = []
    for number in range(ROUNDS):
        echoes.append(_measure("benchmarks.echo:app", [], env, settings, number * 2, b"Encrypt"))
        ours.append(_measure("wsgi:create_app", ["--factory"], env, settings, number * 2 + 1, b"Encrypt"))
    ratio = statistics.median(a.rate / b.rate for a, b in zip(ours, echoes, strict=True))
    per_cpu = statistics.median(a.per_cpu_second / b.per_cpu_second for a, b in zip(ours, echoes, strict=True))
    print(f"\nwebhook on {name}")
    for title, rows in (("wechatpy echo", echoes), ("tongxin", ours)):
        rates = " ".join(f"{row.rate:6.0f}/s" for row in rows)
        p99 = " ".join(f"{row.p99:5.1f}" for row in rows)
        print(f"  {title:14} {rates}   p99 at half load {p99} ms   {rows[-1].mebibytes:.0f} MiB")
    verdict = "reached" if ratio >= target else "MISSED"
    print(f"  throughput on one core: {ratio:.2f} times the echo (target {target:.1f}: {verdict})")
    print(f"  answers per CPU second of the server: {per_cpu:.2f} times the echo")


def _environment(folder: Path, database_url: str, redis: str = "") -> dict[str, str]:
    letters = secrets.token_hex(32)
    return {
        "TONGXIN_DATA_DIR": str(folder),
        "TONGXIN_DATABASE_URL": database_url,
        "TONGXIN_REDIS_URL": redis,
        "TONGXIN_SECRET_KEY": letters,
        "TONGXIN_DATA_KEYS": "k1:" + base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "TONGXIN_OFFICIAL_APP_ID": f"wx{letters[:16]}",
        "TONGXIN_OFFICIAL_APP_SECRET": letters[:32],
        "TONGXIN_OFFICIAL_TOKEN": letters[:20],
        "TONGXIN_OFFICIAL_AES_KEY": letters[:43],
        "TONGXIN_LOG_LEVEL": "WARNING",
    }


def _prepare(env: dict[str, str]) -> Settings:
    """Schema, account, and people who follow it."""
    settings = all_settings.load(env)
    runtime = runtimes.start(settings)
    migrations.apply(runtime.database)
    accounts.seed(settings, runtime.cipher)
    account_id = runtime.account(settings.official.app_id).id
    common = {"account": account_id, "follow_state": FollowState.FOLLOWING, "created_at": clock.now()}
    with runtime.database.atomic():
        for start in range(0, PEOPLE, 2000):
            rows = [{**common, "openid": pushes.openid(n)} for n in range(start, start + 2000)]
            WechatIdentity.insert_many(rows).execute()
    runtime.kv.drop("lock:scheduler")
    runtime.close()
    return settings


def _measure(
    target: str, flags: list[str], env: dict[str, str], settings: Settings, number: int, expected: bytes
) -> Measured:
    port = 18700 + number
    first = (number + 1) * 10_000_000
    with _server(target, flags, port, env) as pid:
        load.saturate(port, pushes.build(settings.official, port, WARM, PEOPLE, first), expected=expected)
        requests = pushes.build(settings.official, port, MESSAGES, PEOPLE, first + WARM)
        before = load.cpu_seconds(pid)
        full = load.saturate(port, requests, expected=expected)
        cpu = load.cpu_seconds(pid) - before
        assert full.wrong == 0, f"{full.wrong} wrong answers from {target}"
        count = int(min(MESSAGES, full.rate * 3))
        requests = pushes.build(settings.official, port, count, PEOPLE, first + WARM + MESSAGES)
        half = load.pace(port, requests, full.rate / 2, expected=expected)
        return Measured(full.rate, full.answers / cpu, half.percentile(0.99), load.resident_mebibytes(pid))


@contextlib.contextmanager
def _server(target: str, flags: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "8", "--backpressure", "64", "--no-log", *flags, target]
    whole = {**os.environ, **env}
    server = subprocess.Popen(command, env=whole, preexec_fn=_on_first)
    scheduler = _scheduler(whole) if target.startswith("wsgi") else None
    os.sched_setaffinity(0, {1})
    try:
        _wait(port)
        yield server.pid
    finally:
        os.sched_setaffinity(0, {0, 1})
        for process in (server, scheduler):
            if process is not None:
                process.terminate()
                process.wait(20)


def _on_first() -> None:
    os.sched_setaffinity(0, {0})


def _on_second() -> None:
    os.sched_setaffinity(0, {1})


def _scheduler(env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "scheduler"]
    return subprocess.Popen(command, env=env, preexec_fn=_on_second)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return
        except urllib.error.HTTPError:
            return  # the echo has no such page, but it answers
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
