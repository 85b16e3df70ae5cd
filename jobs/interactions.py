"""Writes who was heard of from the journal into the database, many at once and soon after."""

from backend.followers import hearing
from backend.followers.hearing import JOURNAL, Heard
from backend.runtime import Runtime
from backend.storage.kv import lock

SLICE = 2000


def write_behind(runtime: Runtime) -> int:
    """First the database, then the journal forgets: a kill in between only writes the same once more."""
    written = 0
    with lock(runtime.kv, JOURNAL, lease=30.0) as mine:
        while mine and (notes := runtime.kv.journal(JOURNAL, SLICE)):
            hearing.record(Heard.unpack(raw) for _, raw in notes)
            runtime.kv.forget(JOURNAL, [note_id for note_id, _ in notes])
            written += len(notes)
            if len(notes) < SLICE:
                break
    return written
