"""Says a sentence to somebody through a customer-service message: what was too slow for the five seconds."""

import structlog

from backend.outbox.queue import Payload
from backend.runtime import Runtime
from backend.wechat.calls.custom import short_text
from backend.wechat.failures import Busy, GatewayError, NoAnswer

PAUSES = (2, 10, 60)
log = structlog.get_logger()


def say(runtime: Runtime, payload: Payload) -> None:
    """Repeated only while it is certain that nothing was sent: the platform does not de-duplicate these messages."""
    try:
        runtime.gateway(payload["app_id"]).custom.send(payload["openid"], short_text(payload["words"]))
    except (Busy, NoAnswer) as error:
        _again(runtime, payload, error)


def _again(runtime: Runtime, payload: Payload, error: GatewayError) -> None:
    tries = payload.get("tries", 0)
    log.warning("words.not_sent", app_id=payload["app_id"], tries=tries, reason=str(error), maybe_sent=error.sent)
    if not error.sent and tries < len(PAUSES):
        runtime.queue.put("say", {**payload, "tries": tries + 1}, delay=PAUSES[tries])
