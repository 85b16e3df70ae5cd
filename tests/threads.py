"""Many threads that start together, for tests of what happens at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from models import base

Answer = TypeVar("Answer")


def at_once(*works: Callable[[], Answer]) -> list[Answer]:
    """Do all the works at the same moment, each on a thread of its own; raises what the first of them raised.

    Database connections the threads opened go back to the pool.
    """
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Answer]) -> Answer:
        gate.wait(10)
        try:
            return work()
        finally:
            if base.database.obj is not None and not base.database.is_closed():
                base.database.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(30) for future in [pool.submit(one, work) for work in works]]
