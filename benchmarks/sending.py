"""send_many against bare pycurl multi and wechatpy's client, over TLS, 20 ms an answer: throughput, CPU, memory.

What is compared is the second time, on connections that are kept; the first, which makes them, stands beside it.

The stub has the first core, the clients take turns on the second; each runs as a process of its own.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import write_certificate

MESSAGES, MANY, ROUNDS, LATENCY_MS = 10_000, 250_000, 3, 20
PORT = 18780
CLIENTS = ("bare", "tongxin", "wechatpy")
TITLES = {
    "bare": "bare pycurl multi, 256 in flight",
    "tongxin": "send_many, 256 in flight",
    "wechatpy": "wechatpy, 32 threads",
}


@dataclass(frozen=True)
class Measured:
    """`first` is the rate with the making of the connections in it, `rate` on connections kept from before."""

    first: float
    rate: float
    cpu: float  # seconds for 10,000
    mebibytes: float


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate, key = write_certificate(folder)
        with stub(PORT, certificate, key, LATENCY_MS):
            rows = {client: list[Measured]() for client in CLIENTS}
            for _ in range(ROUNDS):
                for client in CLIENTS:
                    rows[client].append(_run(client, MESSAGES, certificate))
            _report(rows)
            _report_memory(_run("tongxin", MESSAGES, certificate), _run("tongxin", MANY, certificate))


def _report(rows: dict[str, list[Measured]]) -> None:
    print(f"\nsending {MESSAGES:,} messages over TLS, {LATENCY_MS} ms")
    for client, title in TITLES.items():
        rates = " ".join(f"{row.rate:6.0f}/s" for row in rows[client])
        first = " ".join(f"{row.first:6.0f}" for row in rows[client])
        cpu = " ".join(f"{row.cpu:5.2f}" for row in rows[client])
        print(f"  {title:34} {rates}   first time {first}   CPU seconds per 10,000: {cpu}")
    _verdict("of bare pycurl multi", _ratio(rows, "bare", lambda row: row.rate), 0.9)
    _verdict("times wechatpy", _ratio(rows, "wechatpy", lambda row: row.rate), 7.0)
    _verdict("times less CPU than wechatpy", 1 / _ratio(rows, "wechatpy", lambda row: row.cpu), 8.0)
    cold = [_ratio(rows, other, lambda row: row.first) for other in ("bare", "wechatpy")]
    print(f"  the first time: {cold[0]:.2f} of bare pycurl multi, {cold[1]:.2f} times wechatpy")


def _ratio(rows: dict[str, list[Measured]], other: str, of: Callable[[Measured], float]) -> float:
    return statistics.median(of(a) / of(b) for a, b in zip(rows["tongxin"], rows[other], strict=True))


def _verdict(words: str, ratio: float, target: float) -> None:
    print(f"  {ratio:.2f} {words} (target {target}: {'reached' if ratio >= target else 'MISSED'})")


def _report_memory(few: Measured, many: Measured) -> None:
    grown = many.mebibytes - few.mebibytes
    verdict = "flat" if grown < 5 else "GROWS"
    print(f"  memory: {few.mebibytes:.0f} MiB at {MESSAGES:,}, {many.mebibytes:.0f} MiB at {MANY:,} ({verdict})")


@contextlib.contextmanager
def stub(port: int, certificate: Path, key: Path, latency_ms: int) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.stub", str(port), str(certificate), str(key), str(latency_ms)]
    running = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, {0}))
    try:
        time.sleep(1.0)
        yield
    finally:
        running.terminate()
        running.wait(10)


def _run(client: str, count: int, certificate: Path) -> Measured:
    command = [sys.executable, "-m", "benchmarks.senders", client, str(PORT), str(count), str(certificate)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, {1})
    )
    first, rate, cpu, mebibytes = (float(word) for word in done.stdout.split())
    return Measured(first, rate, cpu, mebibytes)
