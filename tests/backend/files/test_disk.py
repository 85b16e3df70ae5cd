"""A file on disk is unreadable without its key, whole or not at all, and has no name but ours."""

import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import NotFound, Unavailable
from backend.storage.files import Disk, pieces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def disk(folder: Path) -> Disk:
    return Disk(folder)


def test_what_was_written_is_read_frame_by_frame(disk: Disk) -> None:
    frames = [b"one", b"", b"three" * 100_000]
    kept = disk.write(frames)
    assert list(disk.read(kept.name, kept.key)) == frames
    assert [disk.frame(kept.name, kept.key, number) for number in (2, 0, 1)] == [frames[2], b"one", b""]
    assert kept.size == sum(map(len, frames))


def test_an_empty_file_is_one(disk: Disk) -> None:
    kept = disk.write([])
    assert list(disk.read(kept.name, kept.key)) == []
    with pytest.raises(NotFound):
        disk.frame(kept.name, kept.key, 0)


def test_nothing_of_it_can_be_read_without_its_key(disk: Disk, folder: Path) -> None:
    kept, other = disk.write([b"13800138000"]), disk.write([b"x"])
    assert b"138" not in (folder / kept.name).read_bytes()
    with pytest.raises(Unavailable):
        list(disk.read(kept.name, other.key))


def test_only_this_user_may_read_it(disk: Disk, folder: Path) -> None:
    kept = disk.write([b"x"])
    assert stat.S_IMODE((folder / kept.name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with disk.workshop() as workshop:
        assert stat.S_IMODE(workshop.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["", "../secret", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "/..", "a" * 32 + "\n"]
)
def test_no_word_of_a_visitor_becomes_a_path(disk: Disk, name: str) -> None:
    for verb in (disk.delete, lambda name: disk.read(name, bytes(32)), lambda name: disk.frame(name, bytes(32), 0)):
        with pytest.raises(ValueError, match="no name of ours"):
            verb(name)


def _swapped(data: bytes) -> bytes:
    """The first two frames the other way round."""
    length = struct.unpack(">I", data[:4])[0] + 4
    return data[length : 2 * length] + data[:length] + data[2 * length :]


@pytest.mark.parametrize(
    "bend",
    [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda data: data[:23], _swapped, lambda data: b""],
    ids=["a byte short", "half", "one frame", "swapped", "empty"],
)
def test_a_file_that_was_bent_does_not_open(disk: Disk, folder: Path, bend: object) -> None:
    kept = disk.write([b"one", b"two"])
    path = folder / kept.name
    path.write_bytes(bend(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Unavailable):
        list(disk.read(kept.name, kept.key))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_byte_can_be_changed(tmp_path_factory: pytest.TempPathFactory, at: int, by: int) -> None:
    folder = tmp_path_factory.mktemp("files")
    kept = Disk(folder).write([b"one" * 50, b"two" * 50])
    path = folder / kept.name
    bent = bytearray(path.read_bytes())
    bent[at % len(bent)] ^= by
    path.write_bytes(bytes(bent))
    with pytest.raises(Unavailable):
        list(Disk(folder).read(kept.name, kept.key))


def test_what_fails_on_the_way_leaves_nothing(disk: Disk, folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        disk.write(broken())
    assert list(folder.iterdir()) == []


def test_what_is_gone_is_said_at_once_and_may_be_deleted_twice(disk: Disk) -> None:
    kept = disk.write([b"x"])
    disk.delete(kept.name)
    disk.delete(kept.name)
    with pytest.raises(NotFound):
        disk.read(kept.name, kept.key)


def test_a_workshop_is_gone_afterwards_and_one_that_a_kill_left_is_swept(disk: Disk, folder: Path) -> None:
    with disk.workshop() as workshop:
        (workshop / "plain").write_bytes(b"138")
    (folder / "making-left").mkdir()
    (folder / "making-left" / "plain").write_bytes(b"138")
    assert disk.older_than(3600) == []
    assert [path.name for path in folder.iterdir()] == ["making-left"]
    disk.older_than(-1)
    assert list(folder.iterdir()) == []


def test_a_plain_file_is_read_in_pieces(tmp_path: Path, disk: Disk) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"x" * 150_000)
    with plain.open("rb") as file:
        kept = disk.write(pieces(file))
    assert [len(frame) for frame in disk.read(kept.name, kept.key)] == [65_536, 65_536, 18_928]
