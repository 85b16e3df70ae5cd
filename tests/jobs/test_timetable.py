"""The timetable is a page that can be read: every row says what, when, and how long to wait for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.runtime import Runtime
from jobs import runs
from jobs.timetable import TIMETABLE, Daily, Every, Job, expected
from models.jobs import JobRun


def _nothing(_runtime: Runtime) -> int:
    return 0


SWEEP = Daily("sweep", "03:40", _nothing, "清扫")
OFTEN = Every("often", 0.5, _nothing, "常做")


def test_the_timetable_is_complete_and_every_job_of_it_is_recorded(runtime: Runtime) -> None:
    for job in TIMETABLE:
        assert all((job.title, job.does)), job.name
        assert len(job.name) <= JobRun.name.max_length
        assert [runs.by_hand(job, runtime) for _ in range(2)] == [0, 0], "harmless twice"
    assert {row.name: row.runs for row in JobRun.select()} == {job.name: 2 for job in TIMETABLE}


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (replace(OFTEN, seconds=0.5), "每 0.5 秒"),
        (replace(OFTEN, seconds=59), "每 59 秒"),
        (replace(OFTEN, seconds=90), "每 1.5 分钟"),
        (replace(OFTEN, seconds=3600), "每 1 小时"),
        (SWEEP, "每天 03:40"),
    ],
)
def test_when_a_job_runs_is_said_in_words(job: Job, words: str) -> None:
    assert job.when == words


def test_a_daily_job_at_no_time_of_day_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match=r"hour"):
        Daily("sweep", "25:00", _nothing)


def test_who_looks_on_waits_for_a_job_as_long_as_its_rhythm_asks() -> None:
    assert [job.name for job in expected()] == [job.name for job in TIMETABLE]
    assert SWEEP.expected.patience == timedelta(hours=25)
    assert OFTEN.expected.patience == timedelta(minutes=5, seconds=5)
    assert replace(OFTEN, seconds=600).expected.patience == timedelta(minutes=105)
