"""`GET, POST /wechat/<app_id>`, the URL the platform knows: opens the envelope, passes on, seals the answer."""

import structlog
from flask import Blueprint, Response, request

from backend import clock
from backend.accounts.queries import Account
from backend.runtime import Runtime
from backend.web.requests import request_id
from backend.wechat import documents, envelope, inbound
from backend.wechat.envelope import EnvelopeError, Keys, Stamp
from handlers.conversation import Conversation

log = structlog.get_logger()


def blueprint(runtime: Runtime) -> Blueprint:
    door = Blueprint("handlers", __name__)
    conversation = Conversation(runtime)

    @door.get("/wechat/<app_id>")
    def check(app_id: str) -> Response:
        """The platform asks whether this URL is ours, once, when it is saved."""
        account = runtime.accounts.by_app_id(app_id)
        if account is None:
            return _nothing(404)
        try:
            envelope.check_stamp(_stamp(), account.token, clock.timestamp())
        except EnvelopeError as error:
            return _refuse(error, app_id)
        return _plain(request.args.get("echostr", "").encode())

    @door.post("/wechat/<app_id>")
    def receive(app_id: str) -> Response:
        account = runtime.accounts.by_app_id(app_id)
        if account is None:
            return _nothing(404)
        now, keys = clock.timestamp(), _keys(account)
        try:
            push = inbound.open_push(_body(), _stamp(), keys, now)
        except EnvelopeError as error:
            return _refuse(error, app_id)
        answer = conversation.answer(account, push, request_id())
        return _plain(inbound.close_push(push, answer, keys, now), push.form)

    return door


def _body() -> bytes:
    """Never more than the limit, whatever the sender announces."""
    return request.stream.read(documents.MAX_BYTES + 1)


def _stamp() -> Stamp:
    given = request.args.get
    return Stamp(given("signature", ""), given("timestamp", ""), given("nonce", ""), given("msg_signature", ""))


def _keys(account: Account) -> Keys:
    return Keys(account.app_id, account.token, account.aes_key, account.previous_aes_key)


def _refuse(error: EnvelopeError, app_id: str) -> Response:
    log.warning("push.refused", app_id=app_id, reason=error.reason, request_id=request_id())
    return _nothing(error.status)


def _nothing(status: int) -> Response:
    """Says nothing: whoever is not the platform learns nothing."""
    return Response(b"", status, content_type="text/plain")


def _plain(body: bytes, form: str = "") -> Response:
    kinds = {"xml": "application/xml; charset=utf-8", "json": "application/json"}
    structured = body[:1] in (b"<", b"{")
    return Response(body, 200, content_type=kinds[form] if form and structured else "text/plain; charset=utf-8")
