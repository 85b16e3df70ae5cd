"""A file is read until its time is over, and then it is gone from disk and database."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock
from backend.errors import NotFound
from backend.files.actions import clean_title
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.files import StoredFile

DAY = timedelta(days=1)


@pytest.fixture
def folder(runtime: Runtime) -> Path:
    return runtime.settings.data_dir / "files"


def _keep(runtime: Runtime, ends: timedelta = DAY) -> int:
    return runtime.files.keep([b"one", b"two"], "名单.xlsx", clock.now() + ends)


def test_it_is_read_with_the_name_that_people_call_it(runtime: Runtime) -> None:
    number = _keep(runtime)
    assert list(runtime.files.read(number)) == [b"one", b"two"]
    assert runtime.files.frame(number, 1) == b"two"
    assert runtime.files.title(number) == "名单.xlsx"


def test_its_name_and_key_are_sealed_in_the_database(runtime: Runtime) -> None:
    row = StoredFile.get_by_id(_keep(runtime))
    assert "名单" not in row.title
    assert row.title.startswith("k1:")
    assert row.key.startswith("k1:")


def test_when_its_time_is_over_it_cannot_be_read_even_before_it_is_swept(runtime: Runtime, folder: Path) -> None:
    number = _keep(runtime, -timedelta(seconds=1))
    for read in (runtime.files.read, lambda number: runtime.files.frame(number, 0)):
        with pytest.raises(NotFound):
            read(number)
    assert runtime.files.sweep() == 1
    assert (StoredFile.select().count(), list(folder.iterdir())) == (0, [])


def test_a_file_whose_time_is_over_goes_and_others_stay(runtime: Runtime, folder: Path) -> None:
    stays, goes = _keep(runtime), _keep(runtime)
    runtime.files.ends([goes, None], clock.now() - DAY)
    assert runtime.files.sweep() == 1
    assert runtime.files.sweep() == 0
    assert [row.id for row in StoredFile.select()] == [stays]
    assert len(list(folder.iterdir())) == 1


def test_a_file_that_is_dropped_goes_when_the_transaction_is_committed_and_not_before(
    runtime: Runtime, folder: Path
) -> None:
    number = _keep(runtime)

    def undone() -> None:
        runtime.files.drop([number])
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        in_transaction(undone)
    assert list(runtime.files.read(number)) == [b"one", b"two"]
    runtime.files.drop([number, None, number])
    assert (StoredFile.select().count(), list(folder.iterdir())) == (0, [])


def test_a_file_that_no_row_names_is_swept_when_it_is_old_enough(
    runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _keep(runtime)
    StoredFile.delete().where(StoredFile.id == _keep(runtime)).execute()
    assert runtime.files.sweep() == 0, "whoever wrote it may be about to name it"
    monkeypatch.setattr("backend.files.actions.ORPHAN_SECONDS", -1.0)
    assert runtime.files.sweep() == 1
    assert [path.name for path in folder.iterdir()] == [StoredFile.get_by_id(kept).name]


def test_nobody_reads_what_is_not_there(runtime: Runtime) -> None:
    for number in (None, 0, 12345):
        with pytest.raises(NotFound):
            runtime.files.read(number)
    assert runtime.files.title(None) == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("名单.xlsx", "名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王\\名单.csv", "名单.csv"),
        ("名单\x00\n.csv", "名单.csv"),
        ("\u202excod.xlsx", "xcod.xlsx"),
        ('<b>"名单"</b>.csv', "b.csv"),
        ("", "表格"),
        ("...", "表格"),
        ("长" * 300 + ".xlsx", "长" * 75 + ".xlsx"),
    ],
)
def test_a_title_holds_no_path_and_no_sign_that_means_something_else(given: str, kept: str) -> None:
    assert clean_title(given) == kept
