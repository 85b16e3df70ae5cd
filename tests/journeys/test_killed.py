"""The serving process is killed, or its log is read: what the person is told then, and what the log holds."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend.settings import Settings
from handlers import phrases
from models.followers import WechatIdentity
from models.receipts import Receipt
from tests.processes import ROOT, next_line
from tests.rigged import SECRET_WORDS
from tests.served import environment
from tests.simulated import Phone, words


@dataclass(frozen=True)
class Rigged:
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def _rigged(settings: Settings, port: int, rig: str) -> Iterator[Rigged]:
    """A process that serves and does not end by itself; it is killed by its id."""
    log = settings.data_dir / f"{rig}.log"
    command = [sys.executable, "-m", "tests.rigged", str(port), rig]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment(settings)},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    try:
        assert next_line(process) == "ready"
        yield Rigged(process, log)
    finally:
        process.kill()
        process.communicate(timeout=10)


@pytest.mark.kill
@pytest.mark.parametrize("rig", ["stuck_inside", "stuck_after"])
def test_a_message_whose_process_was_killed_is_answered_when_it_is_repeated(
    house_at: Settings, port: int, phone: Phone, rig: str
) -> None:
    with _rigged(house_at, port, "plain"):
        phone.follow()
    phone.platform.settings(retries=3, push_timeout=3.0)
    with _rigged(house_at, port, rig) as first:
        phone.platform.ask("POST", f"people/p1/chats/{phone.app_id}/text", {"content": "记住990101"})
        assert next_line(first.process) == "stuck"
        first.process.kill()
        first.process.wait(10)
    with _rigged(house_at, port, "plain"):
        phone.wait_for("text", phrases.PLACE_REMEMBERED.format(place="春晓社区"))
        assert words(phone.text("我的社区")) == phrases.MY_PLACE.format(place="春晓社区")
    runtime = runtimes.start(house_at)
    # The follow and the text: neither was worked on twice.
    assert (Receipt.select().count(), WechatIdentity.select().count()) == (2, 1)
    runtime.database.close()
    runtime.close()


def test_the_number_a_person_is_told_is_found_in_the_log_and_she_is_not(
    house_at: Settings, port: int, phone: Phone
) -> None:
    with _rigged(house_at, port, "failing") as rigged:
        phone.follow()
        said = words(phone.text("弄坏"))
        start, end = phrases.FAILED.split("{number}")
        number = said.removeprefix(start).removesuffix(end)
        log = rigged.log.read_text()
    [line] = [line for line in log.splitlines() if number in line and "talk.failed" in line]
    assert "RuntimeError" in line
    assert "tests/rigged.py" in line, "where it came from"
    for private in (phone.openid, SECRET_WORDS, house_at.official.app_secret, house_at.secret_key):
        assert private not in log
