"""From the bytes of a push to a typed message, and from our answer back to bytes, in whatever mode and form it came."""

import re
from dataclasses import dataclass

from backend.wechat.pushes import documents, envelope, reading, replies
from backend.wechat.pushes.documents import DocumentError
from backend.wechat.pushes.envelope import EnvelopeError, Keys, Stamp
from backend.wechat.pushes.messages import Inbound

_SEALED = re.compile(rb"<Encrypt><!\[CDATA\[([0-9A-Za-z+/=]+)\]\]></Encrypt>")


@dataclass(frozen=True)
class Push:
    """An opened push. `form` is "xml" or "json"; a sealed one is answered sealed."""

    message: Inbound
    form: str
    sealed: bool
    nonce: str


def open_push(body: bytes, stamp: Stamp, keys: Keys, now: float) -> Push:
    """Raises EnvelopeError: 403 when it is not the platform's, 400 when nobody can read it, 413 when too large."""
    if len(body) > documents.MAX_BYTES:
        raise EnvelopeError("too large", 413)
    try:
        return _open(body, stamp, keys, now)
    except DocumentError as error:
        raise EnvelopeError(str(error), 400) from error


def _open(body: bytes, stamp: Stamp, keys: Keys, now: float) -> Push:
    if not stamp.msg_signature:
        # Before anything is parsed: the stamp proves at least that the sender knows the token.
        envelope.check_stamp(stamp, keys.token, now)
        fields, form = documents.read(body)
    else:
        # In compatible mode the readable fields stand beside it; they are not authenticated, so they are not read.
        fields, form = documents.read(envelope.open_sealed(_encrypted(body), stamp, keys, now))
    return Push(reading.read(fields), form, bool(stamp.msg_signature), stamp.nonce)


def _encrypted(body: bytes) -> str:
    usual = _SEALED.search(body)
    if usual:
        return usual[1].decode()  # the signature covers just these characters: the rest need not be parsed
    encrypted = documents.read(body)[0].get("Encrypt")
    if not isinstance(encrypted, str):
        raise EnvelopeError("nothing encrypted", 400)
    return encrypted


def close_push(push: Push, answer: bytes, keys: Keys, now: float) -> bytes:
    """`answer` is a rendered reply, or empty for "received, nothing to say"."""
    if not answer:
        return replies.RECEIVED
    if not push.sealed:
        return answer
    return replies.render_sealed(envelope.seal(answer, keys, int(now), push.nonce), push.form)
