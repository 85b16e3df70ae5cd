"""Deletes files whose time is over, and what a kill has left on disk."""

from backend.runtime import Runtime
from jobs.sweeping import in_slices


def forget(runtime: Runtime) -> int:
    return in_slices(runtime.files.sweep)
