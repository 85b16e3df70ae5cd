"""Who speaks to the platform: a thread beside the engine, or, for a worker, a process of its own.

Python runs one thread of a process at a time. What decides and writes would keep what sends waiting, and the other way
round: apart they use two cores.
"""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import recv_handle, send_handle
from typing import NoReturn

import structlog

from backend.outbox.engine.posts import Post
from backend.outbox.engine.speaking import Speaker
from backend.wechat.sending.sender import Sender
from backend.wechat.sending.sends import Limits
from backend.wechat.tokens import Credential

Voice = Callable[[Post, Limits], Connection]
"""Somebody speaks for this account from now on; answers the near end of the pipe."""

SenderFor = Callable[[Credential], Sender]
log = structlog.get_logger()


def beside(post: Post, limits: Limits) -> Connection:
    """A thread of this process."""
    near, far = Pipe()
    _begin(far, post.gateway.sender, limits)
    return near


class Apart:
    """A process, forked from this one; a thread in it for each account. It ends with this one, however that ends."""

    def __init__(self, senders: Callable[[], SenderFor]) -> None:
        """Before this process has other threads: one that holds a lock at this moment would hold it for ever in the
        fork. `senders` is called there: what it opens is not shared. Raises EOFError when it fails."""
        assert threading.active_count() == 1, "too late to fork"
        self._control, far = Pipe()
        self._pid = os.fork()
        if not self._pid:
            self._control.close()  # that the other end closes must be seen here
            _serve(far, senders)
        far.close()
        self._control.recv()  # it is ready

    def __call__(self, post: Post, limits: Limits) -> Connection:
        """Should the process have died, a thread of this one goes on, as well as it can."""
        near, far = Pipe()
        try:
            self._control.send((post.credential, limits))
            send_handle(self._control, far.fileno(), self._pid)
        except OSError:
            log.warning("outbox.speaks_beside")
            near.close()
            return beside(post, limits)
        finally:
            far.close()
        return near

    def close(self) -> None:
        """Nobody is being spoken to any more."""
        self._control.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _begin(far: Connection, sender: Sender, limits: Limits) -> None:
    threading.Thread(target=Speaker(far, sender, limits).run, name="speaker", daemon=True).start()


def _serve(control: Connection, senders: Callable[[], SenderFor]) -> NoReturn:
    """Never comes back: what stands below on the stack belongs to the process this was forked from."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # meant for the engine, which finishes what is under way
        sender_for = senders()
        control.send("ready")
        _speak_for_all(control, sender_for)
        os._exit(0)
    except BaseException:
        log.exception("outbox.failed")
    os._exit(1)


def _speak_for_all(control: Connection, sender_for: SenderFor) -> None:
    """Until the engine is no more: then nobody could write down what becomes of a message."""
    made: dict[Credential, Sender] = {}
    while True:
        try:
            credential, limits = control.recv()
            far = Connection(recv_handle(control))
        except (EOFError, ConnectionError):
            return
        if credential not in made:
            made[credential] = sender_for(credential)
        _begin(far, made[credential], limits)
