"""What the platform tells of mass sends; reports of single messages are noted with the claim (turns.py)."""

from backend.wechat.pushes import messages as m
from handlers.talk import Talk


def mass_finished(talk: Talk) -> None:
    """Through the queue: it may come before the call that caused it has been written down."""
    message = talk.message
    assert isinstance(message, m.MassFinished)
    counts = {"sent": message.sent, "filtered": message.filtered, "failed": message.failed}
    told = {"account_id": talk.account.id, "msg_id": message.message_id, "status": message.status, **counts}
    talk.runtime.queue.put("mass_finished", told)
