"""What every key-value store promises of its journals: kept either way, in order, until they are forgotten."""

from functools import partial

from backend.storage.kv import KV, Note
from tests.threads import at_once


def _values(kv: KV, name: str = "heard", limit: int = 1000) -> list[bytes]:
    return [value for _, value in kv.journal(name, limit)]


def test_a_note_is_kept_whether_or_not_the_key_was_free(kv: KV) -> None:
    assert kv.put_if_absent("k", b"v", 60, Note("heard", b"one")) is None
    assert kv.put_if_absent("k", b"v", 60, Note("heard", b"two")) == b"v"
    assert _values(kv) == [b"one", b"two"]


def test_no_note_writes_no_journal(kv: KV) -> None:
    kv.put_if_absent("k", b"v")
    assert kv.journal("heard", 10) == []


def test_notes_come_oldest_first_and_never_more_than_asked_for(kv: KV) -> None:
    for number in range(30):
        kv.put_if_absent(f"k{number}", b"", None, Note("heard", f"{number}".encode()))
    assert _values(kv, limit=12) == [f"{number}".encode() for number in range(12)]
    assert len(_values(kv, limit=1000)) == 30


def test_notes_stay_until_they_are_forgotten(kv: KV) -> None:
    for value in (b"one", b"two", b"three"):
        kv.put_if_absent("k", b"", None, Note("heard", value))
    first_two = [note_id for note_id, _ in kv.journal("heard", 2)]
    assert _values(kv) == [b"one", b"two", b"three"]
    kv.forget("heard", first_two)
    assert _values(kv) == [b"three"]
    kv.forget("heard", first_two)
    assert _values(kv) == [b"three"], "forgetting twice is harmless"


def test_forgetting_no_notes_is_harmless(kv: KV) -> None:
    kv.forget("nobody's", [])
    kv.forget("nobody's", [note_id for note_id, _ in kv.journal("nobody's", 10)])


def test_journals_do_not_mix(kv: KV) -> None:
    kv.put_if_absent("a", b"", None, Note("heard", b"one"))
    kv.put_if_absent("b", b"", None, Note("said", b"two"))
    kv.forget("heard", [note_id for note_id, _ in kv.journal("heard", 10)])
    assert (_values(kv, "heard"), _values(kv, "said")) == ([], [b"two"])


def test_ids_are_not_given_twice_even_after_everything_was_forgotten(kv: KV) -> None:
    kv.put_if_absent("a", b"", None, Note("heard", b"one"))
    [(early, _)] = kv.journal("heard", 10)
    kv.forget("heard", [early])
    kv.put_if_absent("b", b"", None, Note("heard", b"two"))
    kv.forget("heard", [early])
    assert _values(kv) == [b"two"], "a late forget of the first must not take the second"


def test_a_note_may_hold_any_bytes(kv: KV) -> None:
    value = bytes(range(256)) + "云溪🏮".encode()
    kv.put_if_absent("k", b"", None, Note("heard", value))
    assert _values(kv) == [value]


def test_a_note_does_not_end_with_its_key(kv: KV) -> None:
    kv.put_if_absent("k", b"", 0.01, Note("heard", b"one"))
    kv.drop("k")
    assert _values(kv) == [b"one"]


def test_no_note_is_lost_when_many_write_and_one_forgets(kv: KV) -> None:
    written = 6 * 60
    read: list[bytes] = []

    def write(thread: int) -> None:
        for number in range(60):
            kv.put_if_absent(f"{thread}:{number}", b"", 60, Note("heard", f"{thread}:{number}".encode()))

    def carry_away() -> None:
        while len(read) < written:
            notes = kv.journal("heard", 50)
            kv.forget("heard", [note_id for note_id, _ in notes])
            read.extend(value for _, value in notes)

    at_once(carry_away, *(partial(write, thread) for thread in range(6)))
    assert sorted(read) == sorted(f"{thread}:{number}".encode() for thread in range(6) for number in range(60))
    assert kv.journal("heard", 10) == []
