"""Late words that could not be put into the outbox because the database was away."""

from backend.followers import answers
from backend.followers.hearing import Heard
from backend.outbox.messages import Message
from backend.outbox.queue import Payload
from backend.runtime import Runtime
from jobs.followers import until_written


def say(runtime: Runtime, payload: Payload) -> None:
    def write() -> None:
        heard = payload["heard"] and Heard.unpack(payload["heard"].encode())
        told = {name: payload[name] for name in ("account_id", "openid", "ref")}
        message = Message(payload["words"], account_id=payload["account_id"])
        answers.say(runtime.outbox, **told, heard=heard, late=message)

    until_written(runtime, "say", payload, write)
