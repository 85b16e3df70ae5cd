"""Messages that are not complete when they are put: a thread beside the engine makes what is missing, a picture say.

Nothing has been sent by then: after a kill it is made once more.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from backend.outbox.engine.parcels import Parcel
from backend.outbox.messages import Message
from backend.wechat.failures import GatewayError

THREADS = 2
Maker = Callable[[Message], Message]
"""May raise GatewayError, and is then asked again later."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """No message: it could not be made, for that reason."""

    parcel: Parcel
    message: Message | None
    reason: str = ""


class Workshop:
    def __init__(self, makers: Mapping[str, Maker], deliver: Callable[[Made], None]) -> None:
        self._makers, self._deliver = makers, deliver
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="making")

    def order(self, parcel: Parcel, message: Message) -> None:
        self._threads.submit(self._make, parcel, message)

    def close(self) -> None:
        self._threads.shutdown()

    def _make(self, parcel: Parcel, message: Message) -> None:
        self._deliver(self._made(parcel, message))

    def _made(self, parcel: Parcel, message: Message) -> Made:
        try:
            return Made(parcel, self._makers[message.make](message))
        except GatewayError as error:
            log.warning("outbox.not_made", delivery=parcel.id, make=message.make, reason=str(error))
            return Made(parcel, None, "not_made")
        except Exception:
            log.exception("outbox.not_made", delivery=parcel.id, make=message.make)
            return Made(parcel, None, "not_made")
