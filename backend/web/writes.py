"""Writes over HTTP happen once: a request repeated under the same Idempotency-Key gets the first answer."""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, json, request
from werkzeug.datastructures import FileStorage

from backend.errors import FieldError, InvalidInput
from backend.receipts import actions, queries
from backend.storage.database import in_transaction
from backend.web import access

HEADER = "Idempotency-Key"
PATTERN = r"^[\x21-\x7e]{1,128}$"
_SAID_AGAIN = ("Content-Type", "Location", "ETag")

_LARGEST = 48_000
"""Bytes of an answer as it is kept, about 64 KB of JSON. A TEXT column of MariaDB takes 65,535 bytes of ciphertext."""


class _Undo(Exception):
    """Ends the transaction with an answer that says that nothing was done."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True)
class _Kept:
    """The first answer, and the digest of what had been asked."""

    asked: str
    status: int
    headers: dict[str, str]
    body: str


def key() -> str:
    """The key of this request; "" without one. Raises InvalidInput when it is of no good form."""
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    if not re.fullmatch(PATTERN, given):
        sentence = f"{HEADER} 要写 1 到 128 个英文字母、数字或符号，不要有空格。"
        raise InvalidInput("idempotency_key_invalid", sentence, [FieldError(HEADER, sentence)])
    return given


def kept(visitor: str) -> Response | None:
    """The first answer to this key, if there is one: asked before slow work such as a call to the platform.

    `visitor` as in `once`. Raises InvalidInput when the key was used for something else.
    """
    if not key():
        return None
    runtime = access.runtime()
    found = queries.kept(_name(visitor), runtime.cipher, runtime.lookups)
    return None if found is None else _again(found, _asked())


def once(visitor: str, work: Callable[[], Response]) -> Response:
    """Do the work in one transaction; under a key its answer is kept in the same transaction, for a day.

    `visitor` names the person or, before sign-in, the account: another one's keys are other keys. A raised error and
    an answer of 500 or more undo everything, so that a mended request may be sent again under the same key. The work
    makes no call to the platform: whoever comes second waits for it, and not for long.
    Raises InvalidInput when the key was used for something else.
    """
    if not key():
        return _unless_undone(lambda: in_transaction(lambda: _done(work)))
    return _unless_undone(lambda: _once(_name(visitor), work))


def keep(visitor: str, answer: Response) -> Response:
    """As `once`, for work that was done in a transaction of its own: a key keeps its answer, without one nothing is
    written."""
    return once(visitor, lambda: answer) if key() else answer


def _once(name: str, work: Callable[[], Response]) -> Response:
    asked = _asked()  # before the work: it may use up a file
    answered: list[Response] = []

    def unit() -> bytes:
        answered[:] = [_done(work)]  # a lost race does the unit again
        return _written(answered[0], asked)

    runtime = access.runtime()
    found = actions.once(name, runtime.cipher, runtime.lookups, unit)
    return answered[0] if answered else _again(found, asked)


def _unless_undone(attempt: Callable[[], Response]) -> Response:
    try:
        return attempt()
    except _Undo as undone:
        return undone.answer


def _done(work: Callable[[], Response]) -> Response:
    answer = work()
    if answer.status_code >= 500:
        raise _Undo(answer)
    return answer


def _name(visitor: str) -> str:
    """As JSON, so that no part can run into the next."""
    if not visitor:
        raise ValueError("a key belongs to somebody: strangers would hear each other's answers")
    return json.dumps(["http", visitor, request.method, request.path, key()])


def _written(answer: Response, asked: str) -> bytes:
    headers = {name: answer.headers[name] for name in _SAID_AGAIN if name in answer.headers}
    facts = _Kept(asked, answer.status_code, headers, answer.get_data(as_text=True))
    written = base64.b85encode(zlib.compress(json.dumps(facts).encode()))
    if len(written) > _LARGEST:
        raise ValueError(f"an answer of {len(written)} bytes is too large to be kept")
    return written


def _again(found: bytes, asked: str) -> Response:
    facts = _Kept(**json.loads(zlib.decompress(base64.b85decode(found))))
    if facts.asked != asked:
        sentence = f"这个 {HEADER} 已经用在另一个请求上了，请换一个。"
        raise InvalidInput("idempotency_key_reused", sentence, [FieldError(HEADER, sentence)])
    return Response(facts.body, facts.status, facts.headers)


def _asked() -> str:
    """A digest of the query and the body that does not depend on how they were written down."""
    body = request.get_json() if request.is_json and request.get_data() else _form()
    asked = [sorted(request.args.items(multi=True)), body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _form() -> list[list[object]]:
    """Not the body as it came: each time another boundary separates its parts. A part may have no name."""
    files = [(name, [_digest(file) for file in files]) for name, files in request.files.lists()]
    return [sorted(request.form.items(multi=True), key=repr), sorted(files, key=repr)]


def _digest(file: FileStorage) -> str:
    found = hashlib.sha256(file.stream.read()).hexdigest()
    file.stream.seek(0)
    return found
