"""Sheets of the staff: 250,000 members taken away, masked, and 100,000 invitations brought and looked through.

PostgreSQL. What a web process and a worker do is done by a process of its own each, started for it, so that its time
and its peak are its own: the start of Python is in them.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from backend import runtime as runtimes
from backend import settings as all_settings
from backend.exports.actions import Wish
from backend.permissions import EVERYWHERE, Actor
from backend.runtime import Runtime
from backend.sheets.writing import Form, written
from backend.staff import queries as staff
from benchmarks import deskwork, population
from jobs import worker
from models.exports import ExportKind, SheetExport
from models.imports import ImportKind, SheetImport
from models.invitations import Invitation
from models.staff import Role
from tests.conftest import make_settings
from tests.served import MINIPROGRAM, environment, prepare
from tests.servers import database_servers

LINES = 100_000
TARGET_SECONDS = 60.0
TARGET_MEBIBYTES = 200.0
_KIND = ImportKind.INVITATIONS


def main() -> None:
    server = database_servers().get("postgresql")
    if server is None:
        print("PostgreSQL is not there: sheets were NOT measured.")
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = make_settings(folder, stack.enter_context(server.empty_database()))
        settings = prepare(replace(settings, miniprogram=MINIPROGRAM, log_level="WARNING"))
        population.fill(settings)
        runtime = runtimes.start(settings)
        try:
            clerk, leader = (
                deskwork.employ(runtime, role.value, {role: (EVERYWHERE,)}) for role in (Role.CLERK, Role.LEADER)
            )
            _measure_exports(runtime, clerk, leader)
            _measure_imports(runtime, clerk, folder / "sheet.xlsx")
        finally:
            runtime.database.close()
            runtime.close()


def _measure_exports(runtime: Runtime, clerk: Actor, leader: Actor) -> None:
    print(f"\nexport of {population.MEMBERS:,} members in PostgreSQL, names and numbers masked, sealed with a password")
    for form in (Form.XLSX, Form.CSV):
        wish = Wish(ExportKind.MEMBERS, form, EVERYWHERE, "年度登记情况汇总统计")
        number = runtime.exports.actions.ask(clerk, wish)
        runtime.exports.actions.approve(leader, number)
        seconds, mebibytes = _apart(runtime, "work")
        row = SheetExport.get_by_id(number)
        assert row.rows == population.MEMBERS, (row.state, row.why, row.rows)
        size = sum(map(len, runtime.files.read(row.file_id))) / 2**20
        print(f"  {form}: {seconds:.1f} s ({_verdict(seconds, TARGET_SECONDS)} of {TARGET_SECONDS:.0f} s)", end="")
        print(f", peak {mebibytes:.0f} MiB ({_verdict(mebibytes, TARGET_MEBIBYTES)} of 200), file {size:.1f} MiB")


def _measure_imports(runtime: Runtime, clerk: Actor, sheet: Path) -> None:
    _write(sheet)
    size = sheet.stat().st_size / 2**20
    print(f"\nimport of {LINES:,} invitations as XLSX ({size:.1f} MiB), {population.MEMBERS:,} members in PostgreSQL")
    seconds, mebibytes = _apart(runtime, "upload", str(sheet), str(clerk.staff_id))
    print(f"  upload: read and kept in {seconds:.1f} s, peak {mebibytes:.0f} MiB")
    checked, mebibytes = _apart(runtime, "work")
    row = SheetImport.get()
    print(f"  dry run: {checked:.1f} s, peak {mebibytes:.0f} MiB: {row.added:,} new, {row.same:,} as they were")
    both = seconds + checked
    print(f"  both: {both:.1f} s ({_verdict(both, TARGET_SECONDS)} of {TARGET_SECONDS:.0f} s)")
    assert row.added + row.same == LINES, (row.state, row.why)
    runtime.imports.actions.confirm(clerk, row.id, row.fingerprint)
    seconds, mebibytes = _apart(runtime, "work")
    assert Invitation.select().count() == row.added
    print(f"  written after confirmation, with its result: {seconds:.1f} s, peak {mebibytes:.0f} MiB")


def _write(sheet: Path) -> None:
    """Each tenth is a member already, and numbers are numbers, as a spreadsheet has them."""
    with sheet.open("wb") as target, written(Form.XLSX, target, ["手机", "姓名", "编码"]) as writer:
        for number in range(LINES):
            phone = f"137{number:08d}" if number % 10 == 0 else f"138{number:08d}"
            writer.write([phone, f"陈秀{chr(0x4E00 + number % 5000)}", "990101"])


def _apart(runtime: Runtime, *arguments: str) -> tuple[float, float]:
    """Seconds and MiB of a process that does it."""
    runtime.database.close()
    command = [sys.executable, "-m", "benchmarks.sheets", *arguments]
    began = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **environment(runtime.settings)}, stdout=subprocess.PIPE, text=True, check=True
    )
    return time.perf_counter() - began, float(done.stdout.split()[-1])


def _verdict(value: float, limit: float) -> str:
    return "reached" if value < limit else "MISSED"


def _upload(runtime: Runtime, sheet: str, staff_id: str) -> None:
    clerk = staff.at_work(int(staff_id))
    assert clerk is not None
    runtime.imports.actions.upload(clerk, _KIND, "sheet.xlsx", Path(sheet).read_bytes())


def _work(runtime: Runtime) -> None:
    runtime.queue.work_off(worker.works(runtime))


_ACTS: dict[str, Callable[..., None]] = {"upload": _upload, "work": _work}


def _act(name: str, *arguments: str) -> None:
    runtime = runtimes.start(all_settings.load())
    _ACTS[name](runtime, *arguments)
    runtime.close()
    print(_peak_mebibytes())


def _peak_mebibytes() -> float:
    """Of this process alone: what getrusage says is inherited from whoever started it."""
    told = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return int(told.split()[0]) / 1024


if __name__ == "__main__":
    _act(*sys.argv[1:]) if sys.argv[1:] else main()
