"""Signing in with a code of WeChat, and whose call this is."""

from datetime import datetime

from flask import Response, g, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from backend import clock
from backend.errors import NotFound, SignInNeeded
from backend.members import actions as members
from backend.members import phrases
from backend.sessions import actions as sessions
from backend.sessions import queries, rules
from backend.sessions.actions import ENDED, Tokens
from backend.sessions.queries import Visitor
from backend.web import access
from miniprogram_api.schemas import Answer, Done, Problem, Word, done, json

TAG = Tag(name="session", description="登录")
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
"""An endpoint for whoever is signed in."""
api = APIBlueprint("session", __name__, url_prefix="/api/v1", abp_tags=[TAG])


def identify() -> None:
    """Before every request of this door: who it is from, as far as a token says so."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = queries.visitor(token.strip()) if scheme.lower() == "bearer" else None
    g.signed_in = found
    if found is not None:
        g.visitor = f"m{found.member_id}" if found.member_id is not None else f"i{found.identity_id}"
        _see(found)


def _see(found: Visitor) -> None:
    now = clock.now()
    if now - found.seen_at >= rules.SEEN_EVERY:
        sessions.touch(found.session_id)
        if found.member_id is not None:
            members.see(found.member_id, now)


def visitor() -> Visitor:
    """Whoever is signed in. Raises SignInNeeded."""
    found: Visitor | None = g.signed_in
    if found is None:
        raise SignInNeeded("sign_in_needed", ENDED if "Authorization" in request.headers else "请先登录。")
    return found


def member_id() -> int:
    """Of whoever is signed in. Raises NotFound when she has not registered."""
    found = visitor().member_id
    if found is None:
        raise NotFound("no_member", phrases.GONE)
    return found


class SignIn(BaseModel):
    app_id: Word = Field(max_length=64, description="小程序或公众号的 AppID")
    code: Word = Field(min_length=1, max_length=256, description="wx.login 的 code；公众号页面用网页授权的 code")


class Refresh(BaseModel):
    refresh_token: Word = Field(max_length=64)


class TokensAnswer(Answer):
    token: str = Field(description="放在 Authorization: Bearer 后面")
    refresh_token: str = Field(description="token 到期后换新的，只能用一次")
    expires_at: datetime
    ends_at: datetime = Field(description="一直不用，到这时要重新登录")


class SessionAnswer(Answer):
    id: int
    device: str
    account: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    current: bool = Field(description="是不是这一次登录")


class SessionList(BaseModel):
    items: list[SessionAnswer]
    next_cursor: str | None


class SessionPath(BaseModel):
    id: int = Field(ge=1, le=2**31 - 1)


@api.post("/session", responses={200: TokensAnswer, 403: Problem, 422: Problem, 503: Problem}, summary="登录")
def sign_in(body: SignIn) -> Response:
    runtime = access.runtime()
    account = runtime.account(body.app_id)
    device = rules.device_of(request.headers.get("User-Agent", ""))
    return _tokens(runtime.sessions.sign_in(runtime.gateway(account.app_id), account, body.code, device))


@api.post("/session/refresh", responses={200: TokensAnswer, 401: Problem, 422: Problem}, summary="换新的 token")
def refresh(body: Refresh) -> Response:
    return _tokens(access.runtime().sessions.refresh(body.refresh_token))


@api.delete("/session", responses={200: Done, 401: Problem}, security=BEARER, summary="退出登录")
def sign_out() -> Response:
    here = visitor()
    sessions.end(here.identity_id, here.session_id)
    return done("已退出登录。")


@api.get("/sessions", responses={200: SessionList, 401: Problem}, security=BEARER, summary="登录着的设备")
def listed() -> Response:
    here = visitor()
    items = [
        SessionAnswer.model_validate({**_fields(each), "current": each.id == here.session_id})
        for each in queries.of_person(here.identity_id)
    ]
    return json(SessionList(items=items, next_cursor=None))


@api.delete(
    "/sessions/<int:id>", responses={200: Done, 401: Problem, 404: Problem}, security=BEARER, summary="退出一台设备"
)
def end(path: SessionPath) -> Response:
    if not sessions.end(visitor().identity_id, path.id):
        raise NotFound("session_unknown", "没有这个登录，可能已经退出了。")
    return done("那台设备已经退出登录。")


@api.delete("/sessions", responses={200: Done, 401: Problem}, security=BEARER, summary="退出其他设备")
def end_others() -> Response:
    here = visitor()
    count = sessions.end_others(here.identity_id, here.session_id)
    return done(f"已退出其他 {count} 台设备。" if count else "没有其他设备登录着。")


def _tokens(tokens: Tokens) -> Response:
    ends = {name: clock.beijing(getattr(tokens, name)) for name in ("expires_at", "ends_at")}
    return json(TokensAnswer(token=tokens.token, refresh_token=tokens.refresh_token, **ends))


def _fields(view: queries.SessionView) -> dict[str, object]:
    moments = {name: clock.beijing(getattr(view, name)) for name in ("created_at", "seen_at", "ends_at")}
    return {"id": view.id, "device": view.device, "account": view.account, **moments}
