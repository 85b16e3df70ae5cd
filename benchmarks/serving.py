"""The web process as `manage.py serve` starts it, for a benchmark that asks over HTTP."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from backend.settings import Settings
from benchmarks import load
from tests.served import environment


@contextlib.contextmanager
def served(settings: Settings, port: int) -> Iterator[None]:
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment(settings)})
    try:
        load.wait_for_port(port, 20)
        yield
    finally:
        process.terminate()
        process.wait(20)
