"""Other processes for tests: a program of some lines that runs, answers, or is killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]


def run(program: str, *arguments: str) -> str:
    """What the program prints; fails the test with its complaint when it ends badly."""
    done = subprocess.run(
        _command(program, arguments), cwd=ROOT, env=_environment(), capture_output=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@contextmanager
def running(program: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that goes on; whatever it is doing in the end, it is killed."""
    process = subprocess.Popen(
        _command(program, arguments), cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def next_line(process: subprocess.Popen[bytes]) -> str:
    """The next line the program prints; fails the test when it ends instead."""
    output: IO[bytes] | None = process.stdout
    assert output is not None
    line = output.readline().decode().strip()
    assert line, process.communicate(timeout=10)[1].decode()
    return line


def _command(program: str, arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
