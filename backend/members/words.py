"""Messages to a member about her own account."""

from datetime import timedelta

from backend import clock
from backend.outbox.actions import Outbox, Recipient
from backend.outbox.messages import Message, Source
from models.deliveries import Channel, Priority

TYPE = "member"
VALID = timedelta(days=7)
_LADDER = (Channel.CUSTOM, Channel.TEMPLATE, Channel.SUBSCRIBE, Channel.INBOX)


def tell(outbox: Outbox, member_id: int, step: str, ref: str, words: str) -> None:
    """Once for each `ref`, at any hour: it concerns her account. Inside the caller's transaction."""
    source = Source(
        type=TYPE,
        ref=ref,
        step=step,
        kind="account",
        message=Message(words, fields={"title": "您的社区账号", "note": words[:20]}),
        ladder=_LADDER,
        priority=Priority.PERSONAL,
        expires_at=clock.now() + VALID,
        manners=frozenset(),
    )
    outbox.put(source, Recipient(member_id=member_id))


def now_and_then(member_id: int) -> str:
    """Names what may happen to her again, and is told her each time."""
    return f"{member_id}.{clock.timestamp():.6f}"
