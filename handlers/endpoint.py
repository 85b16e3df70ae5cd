"""`GET, POST /wechat/<app_id>`, the URL the platform knows: opens the envelope, passes it on, seals the answer.

Plain WSGI, mounted into the Flask application: here Flask's own share of a request would be the largest of all.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_plus

import structlog

from backend import clock
from backend.accounts.queries import Account
from backend.runtime import Runtime
from backend.web import requests
from backend.wechat.pushes import documents, envelope, inbound
from backend.wechat.pushes.envelope import EnvelopeError, Keys, Stamp
from handlers.conversation import Conversation

Environ = dict[str, Any]
Answer = tuple[str, str, bytes]  # status, content type, body

_TYPES = {b"<": "application/xml; charset=utf-8", b"{": "application/json"}
_TEXT = "text/plain; charset=utf-8"
_STATUS = {400: "400 Bad Request", 403: "403 Forbidden", 413: "413 Content Too Large"}
_UNKNOWN: Answer = ("404 Not Found", _TEXT, b"")
_AWAY: Answer = ("503 Service Unavailable", _TEXT, b"")
_NOT_ALLOWED: Answer = ("405 Method Not Allowed", _TEXT, b"")
log = structlog.get_logger()


class Webhook:
    def __init__(self, runtime: Runtime) -> None:
        self._accounts = runtime.accounts
        self._conversation = Conversation(runtime)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, kind, body = self._answer(environ)
        except Exception:
            # Nothing above may see an exception. The platform takes it for no answer and tries again.
            log.exception("push.failed", request_id=requests.number_of(environ))
            status, kind, body = _AWAY
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: Environ) -> Answer:
        """Whoever is not the platform learns nothing but a status."""
        app_id = environ.get("PATH_INFO", "").removeprefix("/")
        account = self._accounts.by_app_id(app_id)
        if account is None:
            return _UNKNOWN
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD", "POST"):
            return _NOT_ALLOWED
        query = _query(environ.get("QUERY_STRING", ""))
        try:
            return self._receive(account, environ, query) if method == "POST" else _check(account, query)
        except EnvelopeError as error:
            log.warning("push.refused", app_id=app_id, reason=error.reason, request_id=requests.number_of(environ))
            return _STATUS[error.status], _TEXT, b""

    def _receive(self, account: Account, environ: Environ, query: dict[str, str]) -> Answer:
        now, keys = clock.timestamp(), _keys(account)
        push = inbound.open_push(_body(environ), _stamp(query), keys, now)
        said = self._conversation.answer(account, push, requests.number_of(environ))
        answer = inbound.close_push(push, said, keys, now)
        return "200 OK", _TYPES.get(answer[:1], _TEXT), answer


def _body(environ: Environ) -> bytes:
    """Never more than the limit, whatever the sender announces; never more than announced, since a server that does
    not end the stream itself would wait for it."""
    size = documents.MAX_BYTES + 1
    if not environ.get("wsgi.input_terminated"):
        announced = environ.get("CONTENT_LENGTH", "")
        size = min(size, int(announced)) if announced.isdecimal() else 0
    return bytes(environ["wsgi.input"].read(size))


def _check(account: Account, query: dict[str, str]) -> Answer:
    """The platform asks once, when the URL is saved, whether it is ours."""
    envelope.check_stamp(_stamp(query), account.token, clock.timestamp())
    return "200 OK", _TEXT, query.get("echostr", "").encode("utf-8", "replace")


def _query(text: str) -> dict[str, str]:
    """The platform repeats no name, so the last one wins."""
    pairs = (pair.partition("=") for pair in text.split("&"))
    if "%" in text or "+" in text:
        return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}
    return {name: value for name, _, value in pairs}


def _stamp(query: dict[str, str]) -> Stamp:
    given = query.get
    return Stamp(given("signature", ""), given("timestamp", ""), given("nonce", ""), given("msg_signature", ""))


def _keys(account: Account) -> Keys:
    return Keys(account.app_id, account.token, account.aes_key, account.previous_aes_key)
