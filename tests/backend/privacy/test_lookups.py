"""What is not stored in clear is found again by its digest: by every process, on every engine, after every rotation."""

import re
from contextlib import ExitStack
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Misconfigured
from backend.privacy import rotation
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.runtime import Runtime
from backend.settings import Settings
from backend.storage.database import in_transaction
from models.base import database
from models.keys import LookupKey
from tests.processes import next_line, running
from tests.threads import at_once

PHONE = "+8613800000000"
NEW = {"k2": bytes(range(1, 33))}

PROCESS = """
import sys
import time
from pathlib import Path
from backend import runtime as runtimes
from tests.conftest import make_settings

folder = Path(sys.argv[1])
runtime = runtimes.start(make_settings(folder, sys.argv[2]))
print("begun", flush=True)
while not (folder / "go").exists():
    time.sleep(0.001)
print(runtime.lookups.digest("member.phone", sys.argv[3]), flush=True)
"""


def _fresh(runtime: Runtime) -> Lookups:
    """As another process has it."""
    return Lookups(runtime.cipher)


def test_a_digest_is_the_same_for_the_same_text_and_purpose_and_for_no_other(runtime: Runtime) -> None:
    asked = [("member.phone", PHONE), ("member.name", PHONE), ("member.phone", f"{PHONE}0"), ("member.phone+", PHONE)]
    digests = [runtime.lookups.digest(*each) for each in asked]
    assert len(set(digests)) == len(asked)
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in digests)
    assert [_fresh(runtime).digest(*each) for each in asked] == digests
    assert LookupKey.select().count() == 1


@pytest.mark.parametrize("texts", [[], [PHONE], [PHONE, "", "王秀兰", PHONE]])
def test_many_digests_are_those_of_each(runtime: Runtime, texts: list[str]) -> None:
    single = [runtime.lookups.digest("member.phone", text) for text in texts]
    assert runtime.lookups.digests("member.phone", iter(texts)) == single


def test_purpose_and_text_cannot_be_shifted_into_each_other(runtime: Runtime) -> None:
    lookups = runtime.lookups

    @given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
    def whole_is_told_apart(first: str, middle: str, last: str) -> None:
        moved = lookups.digest(first + middle, last) == lookups.digest(first, middle + last)
        assert moved is (middle == "")

    whole_is_told_apart()


def test_another_deployment_has_other_digests(runtime: Runtime) -> None:
    before = runtime.lookups.digest("member.phone", PHONE)
    LookupKey.delete().execute()
    assert _fresh(runtime).digest("member.phone", PHONE) != before


def test_the_key_is_not_stored_in_clear_nor_shown(runtime: Runtime) -> None:
    runtime.lookups.load()
    assert LookupKey.get().key.startswith("k1:")
    assert repr(runtime.lookups._known) not in repr(runtime)


def test_the_key_stays_in_memory(runtime: Runtime) -> None:
    before = runtime.lookups.digest("member.phone", PHONE)
    LookupKey.delete().execute()
    assert runtime.lookups.digest("member.phone", PHONE) == before


def test_threads_that_ask_first_at_the_same_moment_agree(runtime: Runtime) -> None:
    asked = [partial(_fresh(runtime).digest, "member.phone", PHONE) for _ in range(8)]
    assert len(set(at_once(*asked))) == 1
    assert LookupKey.select().count() == 1


def test_processes_that_ask_first_at_the_same_moment_agree(runtime: Runtime, settings: Settings) -> None:
    with ExitStack() as started:
        asked = str(settings.data_dir), settings.database_url, PHONE
        processes = [started.enter_context(running(PROCESS, *asked)) for _ in range(3)]
        assert [next_line(each) for each in processes] == ["begun"] * 3
        (settings.data_dir / "go").touch()
        told = {next_line(each) for each in processes}
    assert told == {runtime.lookups.digest("member.phone", PHONE)}


def test_a_key_made_in_a_transaction_that_is_undone_is_forgotten_with_it(runtime: Runtime) -> None:
    def fail() -> None:
        runtime.lookups.digest("member.phone", PHONE)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        in_transaction(fail)
    assert LookupKey.select().count() == 0
    assert runtime.lookups.digest("member.phone", PHONE) == _fresh(runtime).digest("member.phone", PHONE)


def test_a_key_made_in_an_inner_transaction_that_is_undone_is_forgotten_with_it(runtime: Runtime) -> None:
    def fail() -> None:
        runtime.lookups.digest("member.phone", PHONE)
        raise RuntimeError("half-way")

    def outer() -> None:
        with pytest.raises(RuntimeError, match="half-way"):
            in_transaction(fail)

    in_transaction(outer)
    assert runtime.lookups.digest("member.phone", PHONE) == _fresh(runtime).digest("member.phone", PHONE)


def test_a_key_made_in_a_transaction_is_remembered_when_it_is_committed(runtime: Runtime) -> None:
    first = in_transaction(lambda: [runtime.lookups.digest("member.phone", PHONE) for _ in range(3)])
    LookupKey.delete().execute()
    assert set(first) == {runtime.lookups.digest("member.phone", PHONE)}


def test_digests_need_no_database_once_the_key_was_loaded(runtime: Runtime) -> None:
    runtime.lookups.load()
    database.close()
    runtime.lookups.digest("member.phone", PHONE)
    assert database.is_closed()


def test_digests_survive_every_change_of_the_data_keys(runtime: Runtime) -> None:
    before = runtime.lookups.digest("member.phone", PHONE)
    both = FieldCipher({**NEW, **runtime.settings.keys})
    assert Lookups(both).digest("member.phone", PHONE) == before
    assert sum(step.changed for step in rotation.rotate(both)) > 0
    assert Lookups(FieldCipher(NEW)).digest("member.phone", PHONE) == before
    assert runtime.lookups.digest("member.phone", PHONE) == before, "in a process that went on"


def test_a_key_whose_data_key_is_gone_is_told_and_no_other_is_made(runtime: Runtime) -> None:
    runtime.lookups.load()
    with pytest.raises(Misconfigured, match=r"TONGXIN_DATA_KEYS.*「k1」"):
        Lookups(FieldCipher(NEW)).digest("member.phone", PHONE)
    assert LookupKey.select().count() == 1


@pytest.mark.parametrize("text", ["", "short", "A" * 43, "密钥" * 16])
def test_a_key_that_is_damaged_is_told_with_its_table(runtime: Runtime, text: str) -> None:
    runtime.lookups.load()
    LookupKey.update(key=runtime.cipher.encrypt(text, "lookup_key.key")).execute()
    with pytest.raises(Misconfigured, match="lookup_key"):
        _fresh(runtime).digest("member.phone", PHONE)
