"""The process that speaks for a worker, forked in a process without threads. See also contracts/test_outbox_workers."""

import subprocess
import sys

import pytest

from tests.processes import ROOT

FAILS = """
from backend.outbox.engine.voices import Apart
def senders():
    raise OSError("no store")
Apart(senders)
"""
TOO_LATE = """
import threading
from backend.outbox.engine.voices import Apart
threading.Thread(target=threading.Event().wait, daemon=True).start()
Apart(lambda: None)
"""


@pytest.mark.parametrize(("script", "told"), [(FAILS, "EOFError"), (TOO_LATE, "too late to fork")])
def test_where_it_cannot_begin_the_worker_does_not_either(script: str, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert told in ended.stderr.splitlines()[-1]
    if script == FAILS:
        assert "no store" in ended.stdout + ended.stderr, "the cause is in the log"
