"""How soon the demonstration is ready on an empty folder, and how much memory its web process takes after some work."""

import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from backend.settings import AccountSettings
from benchmarks import load, pushes

RUNS = 5
TARGET_SECONDS, TARGET_MEBIBYTES = 5.0, 120.0


def main() -> None:
    measured = [_once() for _ in range(RUNS)]
    seconds = statistics.median(each[0] for each in measured)
    mebibytes = max(each[1] for each in measured)
    print("\ndemonstration from an empty folder")
    soon = _verdict(seconds, TARGET_SECONDS)
    print(f"  ready after {seconds:.1f} s (median of {RUNS}, target {TARGET_SECONDS:.0f} s: {soon})")
    print(f"  web process {mebibytes:.0f} MiB (target {TARGET_MEBIBYTES:.0f}: {_verdict(mebibytes, TARGET_MEBIBYTES)})")


def _verdict(value: float, limit: float) -> str:
    return "reached" if value < limit else "MISSED"


def _once() -> tuple[float, float]:
    """Seconds from the command to the line that says it is ready; MiB of the web process after 2,000 messages."""
    web, simulator = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "demo", "--port", str(web), "--simulator-port", str(simulator)]
        began = time.monotonic()
        command += ["--data", folder]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert demo.stdout is not None
            for line in demo.stdout:
                if "已就绪" in line:
                    break
            ready = time.monotonic() - began
            _talk(Path(folder), web)
            return ready, _web_memory(demo.pid)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=20)


def _talk(folder: Path, port: int) -> None:
    kept = (folder / "demo.json").read_text()
    given = dict(re.findall(r'"TONGXIN_OFFICIAL_(\w+)": "([^"]+)"', kept))
    account = AccountSettings("official", given["APP_ID"], "", given["TOKEN"], given["AES_KEY"])
    result = load.saturate(port, pushes.build(account, port, 2000, 500, 1), expected=b"Encrypt")
    assert result.wrong == 0


def _web_memory(demo: int) -> float:
    """The demonstration's children are the simulator, web, worker and scheduler; granian's own child does the work."""
    web = [pid for pid in load.children(demo) if "serve" in load.command_line(pid)]
    return max(load.resident_mebibytes(pid) for pid in web)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
