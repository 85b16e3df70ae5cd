"""The delivery engine against send_many that records nothing: 250,000 messages, every intent and outcome durable.

Over TLS, on SQLite, and on PostgreSQL and MariaDB where they answer. The stub has the first core; worker and database
share both.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sending import stub
from tests.certificates import write_certificate
from tests.servers import database_servers

MESSAGES, FEW = 250_000, 10_000
FOR_TWO = 80_000
LATENCY_MS, FAR_MS = 20, 80
PORT = 18781
AS_INSTALLED = (
    "import runpy, sys; sys.modules['rich'] = None; runpy.run_module('benchmarks.workers', run_name='__main__')"
)
"""Without what only the tools of development bring along: structlog would load it, four MiB of it."""
TARGETS = {"sqlite": 0.9, "postgresql": 0.8, "mariadb": 0.6}


@dataclass(frozen=True)
class Measured:
    """`began` and `ended` are seconds since 1970, `cpu` is of the whole process."""

    began: float
    ended: float
    accepted: int
    cpu: float
    mebibytes: float

    @property
    def rate(self) -> float:
        return self.accepted / (self.ended - self.began)


@dataclass(frozen=True)
class Setting:
    """Where the programs find the stub, and their files."""

    certificate: Path
    folder: Path

    def run(self, what: str, count: int, url: str = "") -> list[str]:
        return self.begin(what, count, url).communicate(timeout=600)[0].split()

    def begin(self, what: str, count: int, url: str = "") -> "subprocess.Popen[str]":
        where = (str(PORT), str(self.certificate), str(count), url, str(self.folder))
        command = [sys.executable, "-c", AS_INSTALLED, what, *where]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        certificate, key = write_certificate(Path(name))
        with stub(PORT, certificate, key, LATENCY_MS):
            for engine in TARGETS:
                _compare(engine, certificate)
        with stub(PORT, certificate, key, FAR_MS):
            _double(certificate)


def _compare(engine: str, certificate: Path) -> None:
    with _empty(engine) as url, tempfile.TemporaryDirectory() as folder:
        if not url:
            print(f"\n{engine} does not answer: not measured")
            return
        setting = Setting(certificate, Path(folder))
        bare = _measured(setting.run("send", MESSAGES))
        print(f"\n{MESSAGES:,} deliveries on {engine}, {LATENCY_MS} ms, one worker")
        [frozen, asked] = map(float, setting.run("prepare", MESSAGES, url))
        worker = _measured(setting.run("work", MESSAGES, url))
        again = _measured(setting.run("send", MESSAGES))
        unrecorded = (bare.rate + again.rate) / 2
        print(f"  freezing the audience: {frozen:.1f} s (target 10: {_verdict(frozen < 10)})")
        print(f"  its counts asked for: {asked:.1f} ms")
        print(f"  send_many, unrecorded: {bare.rate:6.0f}/s and {again.rate:6.0f}/s   {bare.cpu:.1f} CPU s")
        print(f"  the engine:            {worker.rate:6.0f}/s                 {worker.cpu:.1f} CPU s")
        share = worker.rate / unrecorded
        assert worker.accepted == MESSAGES, worker
        print(f"  {share:.2f} of it (target {TARGETS[engine]}: {_verdict(share >= TARGETS[engine])})")
    _memory(engine, certificate, worker)


def _memory(engine: str, certificate: Path, many: Measured) -> None:
    """Whether it grows with the number, and what it is with as many in flight as are set by default."""
    with _empty(engine) as url, tempfile.TemporaryDirectory() as folder:
        setting = Setting(certificate, Path(folder))
        setting.run("prepare", FEW, url)
        few = _measured(setting.run("work", FEW, url))
    grown = many.mebibytes - few.mebibytes
    verdict = "flat" if grown < 5 else "GROWS"
    print(f"  memory: {few.mebibytes:.0f} MiB at {FEW:,}, {many.mebibytes:.0f} MiB at {MESSAGES:,} ({verdict})")


def _double(certificate: Path) -> None:
    """Two workers on PostgreSQL against one, where the latency and not the machine is the limit."""
    rates = []
    for workers in (1, 2):
        with _empty("postgresql") as url, tempfile.TemporaryDirectory() as folder:
            if not url:
                return
            setting = Setting(certificate, Path(folder))
            setting.run("prepare", FOR_TWO, url)
            running = [setting.begin("work", FOR_TWO, url) for _ in range(workers)]
            done = [_measured(each.communicate(timeout=600)[0].split()) for each in running]
            assert sum(each.accepted for each in done) == FOR_TWO
            rates.append(FOR_TWO / (max(each.ended for each in done) - min(each.began for each in done)))
    print(f"\n{FOR_TWO:,} deliveries on postgresql, {FAR_MS} ms: one worker {rates[0]:.0f}/s, two {rates[1]:.0f}/s")
    ratio = rates[1] / rates[0]
    print(f"  {ratio:.2f} times (target 1.7: {_verdict(ratio >= 1.7)})")


@contextlib.contextmanager
def _empty(engine: str) -> Iterator[str]:
    """The URL of an empty database, or nothing."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/tongxin.db"
        return
    server = database_servers().get(engine)
    with server.empty_database() if server else contextlib.nullcontext("") as url:
        yield url


def _measured(words: list[str]) -> Measured:
    began, ended, accepted, cpu, mebibytes = map(float, words)
    return Measured(began, ended, int(accepted), cpu, mebibytes)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"
