"""The clock takes an old data key out of use, so that nobody has to."""

from dataclasses import replace

import pytest

from backend.privacy import rotation
from backend.runtime import Runtime
from jobs import keys, timetable
from models.receipts import Receipt
from tests.backend.privacy.sealing import BOTH, NEW, OLD, one_of_each, opened, receipts

JOB = timetable.job("keys")


def test_with_one_key_the_job_does_nothing(runtime: Runtime) -> None:
    one_of_each()
    assert JOB.run(runtime) == 0
    assert rotation.needs(OLD).old == {}


def test_with_a_new_key_in_front_the_job_puts_everything_under_it(runtime: Runtime) -> None:
    one_of_each()
    before, number = opened(OLD), rotation.needs(OLD).current
    rotated = replace(runtime, cipher=BOTH)
    assert JOB.run(rotated) == number
    assert opened(NEW) == before
    assert JOB.run(rotated) == 0


def test_what_takes_long_is_done_in_several_runs(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SECONDS", 0.0)
    rotated, many = replace(runtime, cipher=BOTH), rotation.SLICE + 1
    receipts(many, OLD.encrypt("answer", "receipt.answer"))
    runs = list(iter(lambda: JOB.run(rotated), 0))
    assert runs[-2:] == [rotation.SLICE, 1], "a slice at a time"
    assert rotation.needs(BOTH, (Receipt,)).free == ["k1"]
