"""Sheets that staff take away, worked on as a worker would: for tests of what comes of them."""

import csv
import io
from datetime import datetime

import pytest
import pyzipper

from backend import clock
from backend.exports.actions import Wish
from backend.permissions import Actor
from backend.runtime import Runtime
from backend.sheets.writing import Form
from models.exports import ExportKind, ExportState, SheetExport
from models.staff import Role
from tests import imports

PURPOSE = "寒潮前上门走访独居老人"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=clock.BEIJING)
NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=clock.BEIJING)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """It is this moment now."""
    monkeypatch.setattr(clock, "now", lambda: moment)


def leader(runtime: Runtime, place: str = "9901", login: str = "gao.li") -> Actor:
    return imports.clerk(runtime, place, Role.LEADER, login)


def asked(runtime: Runtime, actor: Actor, kind: ExportKind, place: str = "9901", form: Form = Form.CSV) -> int:
    return runtime.exports.actions.ask(actor, Wish(kind, form, place, PURPOSE))


def ready(runtime: Runtime, actor: Actor, kind: ExportKind, place: str = "9901", form: Form = Form.CSV) -> int:
    """Asked for, let go by a leader, and written; the id."""
    number = asked(runtime, actor, kind, place, form)
    runtime.exports.actions.approve(leader(runtime, ""), number)
    imports.work_off(runtime)
    assert state(number) is ExportState.READY, SheetExport.get_by_id(number).why
    return number


def state(number: int) -> ExportState:
    found: ExportState = SheetExport.get_by_id(number).state
    return found


def taken(runtime: Runtime, actor: Actor, number: int) -> bytes:
    """Downloaded and opened with the password that is shown."""
    password = runtime.exports.actions.password(actor, number)
    _, frames = runtime.exports.actions.download(actor, number)
    with pyzipper.AESZipFile(io.BytesIO(b"".join(frames))) as archive:
        [info] = archive.infolist()
        assert info.wz_aes_strength == 3
        archive.setpassword(password.encode())
        opened: bytes = archive.read(info)
    return opened


def lines(data: bytes) -> list[list[str]]:
    """Of a CSV, without the first line, which says whose it is."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
