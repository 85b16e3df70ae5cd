"""Sources that answer somebody who has just asked: by a message of the same conversation, at any hour."""

from datetime import timedelta

from backend import clock
from backend.outbox.messages import Message, Source
from models.deliveries import Channel, Priority

TYPE = "talk"
VALID = timedelta(hours=1)
"""Later than that she has asked again, or found another way."""


def answer(ref: str, step: str, message: Message) -> Source:
    """`ref` names the message that is answered, at most 64 characters. She waits for it: no manners hold it back."""
    return Source(
        type=TYPE,
        ref=ref,
        step=step,
        kind="answer",
        message=message,
        ladder=(Channel.CUSTOM,),
        priority=Priority.PERSONAL,
        expires_at=clock.now() + VALID,
        manners=frozenset(),
    )
