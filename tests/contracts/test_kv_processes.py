"""The stores that several processes share: what one writes the others see, and a kill loses nothing."""

import time

from backend.storage.kv import Note
from tests import processes
from tests.contracts.shared import Shared


def test_another_process_sees_the_same_values_counts_and_notes(shared: Shared) -> None:
    shared.kv.put("k", "云溪".encode())
    shared.kv.put("ending", b"v", 60)
    shared.kv.count_up("c", 60)
    shared.kv.put_if_absent("claimed", b"ours", 60, Note("heard", b"one"))
    said = processes.run(
        shared.opening
        + "print(kv.get('k').decode(), kv.get('ending').decode(), kv.count_up('c', 60))\n"
        + "print(kv.put_if_absent('claimed', b'theirs', 60, Note('heard', b'two')).decode())\n"
        + "print([value for _, value in kv.journal('heard', 10)], kv.replace('k', b'x', b'y'))\n"
        + "kv.put('theirs', b'here'); kv.close()"
    )
    assert said.splitlines() == ["云溪 v 2", "ours", "[b'one', b'two'] False"]
    assert shared.kv.get("theirs") == b"here"
    assert shared.kv.count_up("c", 60) == 3


def test_processes_that_count_at_once_lose_nothing(shared: Shared) -> None:
    program = shared.opening + "for _ in range(300): kv.count_up('c')\nprint('done')"
    with processes.running(program) as one, processes.running(program) as two:
        for _ in range(300):
            shared.kv.count_up("c")
        assert processes.next_line(one) == processes.next_line(two) == "done"
    assert shared.kv.count_up("c") == 901


def test_a_lease_holds_against_another_process(shared: Shared) -> None:
    program = shared.opening + "print(Lease(kv, 'leader', 60).take())"
    assert processes.run(program) == "True"
    assert processes.run(program) == "False"


def test_a_process_killed_right_after_writing_loses_nothing(shared: Shared) -> None:
    program = shared.opening + (
        "import os, signal\n"
        "for number in range(50): kv.put_if_absent(f'k{number}', b'v', 600, Note('heard', f'{number}'.encode()))\n"
        "kv.put('last', b'v')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    with processes.running(program) as killed:
        assert killed.wait(20) == -9
    assert shared.kv.get("last") == b"v"
    assert [value for _, value in shared.kv.journal("heard", 100)] == [f"{number}".encode() for number in range(50)]
    assert all(shared.kv.get(f"k{number}") == b"v" for number in range(50))


def test_a_process_killed_in_the_middle_loses_nothing_it_had_been_told_was_kept(shared: Shared) -> None:
    program = shared.opening + (
        "for number in range(1_000_000):\n"
        "    kv.put_if_absent(f'k{number}', b'v', 600, Note('heard', f'{number}'.encode()))\n"
        "    print(number)"
    )
    with processes.running(program) as killed:
        for _ in range(200):
            told = int(processes.next_line(killed))
        killed.kill()
    notes = [int(value) for _, value in shared.kv.journal("heard", 1_000_000)]
    assert notes == list(range(len(notes))), "no hole, no double"
    assert len(notes) > told
    shared.kv.count_up("still writable")


def test_a_holder_that_was_killed_blocks_nobody_for_longer_than_its_lease(shared: Shared) -> None:
    program = shared.opening + "import time\nprint(Lease(kv, 'leader', 0.5).take()); time.sleep(60)"
    with processes.running(program) as holder:
        assert processes.next_line(holder) == "True"
        began = time.monotonic()
        holder.kill()
        taken = processes.run(shared.opening + "print(Lease(kv, 'leader', 60).take(wait=5))")
    assert taken == "True"
    assert time.monotonic() - began < 5
