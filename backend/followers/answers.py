"""Messages of their own to somebody who has just spoken: what was too slow for the answer, or more than one."""

from backend.followers import actions, hearing
from backend.followers.hearing import Heard
from backend.outbox.actions import Outbox, Recipient
from backend.outbox.answers import answer
from backend.outbox.messages import Message
from backend.storage.database import in_transaction


def say(outbox: Outbox, account_id: int, openid: str, ref: str, heard: Heard | None, **steps: Message) -> None:
    """Once for each `ref`, the steps in their order. `heard` opens the window it goes through, and may not have been
    written behind yet."""

    def work() -> None:
        follower = actions.meet(account_id, openid)
        if heard is not None:
            hearing.record([heard])
        for step, message in steps.items():
            outbox.put(answer(ref, step, message), Recipient(follower_id=follower.id))

    in_transaction(work)
