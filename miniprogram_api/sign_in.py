"""Signing in with a code of WeChat, and whose call this is."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, g, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.errors import NotFound, SignInNeeded
from backend.members import actions as members
from backend.members import phrases
from backend.sessions import actions as sessions
from backend.sessions import queries, rules
from backend.sessions.actions import ENDED, Tokens
from backend.sessions.queries import SessionView, Visitor
from backend.web import access, limits, writes
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, Asked, Done, Problem, Shape, Word, done, json

TAG = Tag(name="session", description="登录")
BEARER: list[dict[str, list[str]]] = [{"Bearer": []}]
"""An endpoint for whoever is signed in."""
api = APIBlueprint("session", __name__, url_prefix="/api/v1", abp_tags=[TAG])


def identify() -> None:
    """Before every request to the API: who it is from, as far as a token says so."""
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


def once(work: Callable[[], Response]) -> Response:
    """A write of whoever is signed in, with its Idempotency-Key; she is known by the identity she came with, which
    stays hers when she registers."""
    return writes.once(_name(), work)


def kept() -> Response | None:
    """Her first answer to this key, asked before a call to the platform."""
    return writes.kept(_name())


def _name() -> str:
    return f"identity {visitor().identity_id}"


class SignIn(Asked):
    app_id: Word = Field(max_length=64, description="小程序或公众号的 AppID", examples=["wxfeedfeedfeedfeed"])
    code: Word = Field(
        min_length=1,
        max_length=256,
        description="wx.login 的 code；公众号页面用网页授权的 code",
        examples=["0c1f2g3h4j5k"],
    )


class Refresh(Asked):
    refresh_token: Word = Field(max_length=64, examples=["Dnk2aY082wfsRUG_fDlPCzvRkgfU9M-lBJQEtLxgjOA"])


class TokensAnswer(Answer):
    token: str = Field(
        description="放在 Authorization: Bearer 后面", examples=["eFsqsDtLYiauX1kuHBOiwGY4oqrk-3vWAajq1mSHUFA"]
    )
    refresh_token: str = Field(
        description="token 到期后换新的，只能用一次", examples=["Dnk2aY082wfsRUG_fDlPCzvRkgfU9M-lBJQEtLxgjOA"]
    )
    expires_at: datetime = Field(examples=["2026-11-22T10:00:00+08:00"])
    ends_at: datetime = Field(description="一直不用，到这时要重新登录", examples=["2026-12-22T08:00:00+08:00"])


class SessionAnswer(Answer):
    id: int = Field(examples=[12])
    device: str = Field(examples=["安卓手机"])
    account: str = Field(examples=["慢城街坊"])
    created_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])
    seen_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])
    ends_at: datetime = Field(examples=["2026-12-22T08:00:00+08:00"])
    current: bool = Field(description="是不是这一次登录", examples=[True])


class SessionList(Answer):
    items: list[SessionAnswer]
    next_cursor: str | None = Field(examples=[None])


class SessionPath(Shape):
    id: int = Field(ge=1, le=2**31 - 1, examples=[12])


@api.post("/session", responses={200: TokensAnswer, 403: Problem, 404: Problem}, summary="登录")
def sign_in(body: SignIn) -> Response:
    """同一个 code 在两分钟内再发一次，得到同样的回答。"""
    name = f"account {body.app_id}"
    if (answer := writes.kept(name)) is not None:
        return answer
    limits.spend("sign_in")
    runtime = access.runtime()
    account = runtime.account(body.app_id)
    device = rules.device_of(request.headers.get("User-Agent", ""))
    tokens = runtime.sessions.sign_in(runtime.gateway(account.app_id), account, body.code, device)
    return writes.keep(name, _tokens(tokens))


@api.post("/session/refresh", responses={200: TokensAnswer, 401: Problem}, summary="换新的 token")
def refresh(body: Refresh) -> Response:
    """两分钟内再发一次，得到同样的回答；过后再用旧的，这个登录就作废：它可能被人偷了。"""
    if (answer := writes.kept("refresh")) is not None:
        return answer
    limits.spend("sign_in")
    tokens = access.runtime().sessions.refresh(body.refresh_token)
    return writes.keep("refresh", _tokens(tokens))


@api.delete("/session", responses={200: Done}, security=BEARER, summary="退出登录")
def sign_out() -> Response:
    here = visitor()
    return once(lambda: _signed_out(sessions.end(here.identity_id, here.session_id)))


def _signed_out(_ended: bool) -> Response:
    return done("已退出登录。")


@api.get("/sessions", responses={200: SessionList, 304: None}, security=BEARER, summary="登录着的设备")
def listed() -> Response:
    here = visitor()
    items = [_session(each, here) for each in queries.of_person(here.identity_id)]
    return conditional(json(SessionList(items=items, next_cursor=None)))


@api.delete("/sessions/<int:id>", responses={200: Done, 404: Problem}, security=BEARER, summary="退出一台设备")
def end(path: SessionPath) -> Response:
    """手机丢了，用别的手机让它退出登录。"""
    here = visitor()

    def work() -> Response:
        if not sessions.end(here.identity_id, path.id):
            raise NotFound("session_unknown", "没有这个登录，可能已经退出了。")
        return done("那台设备已经退出登录。")

    return once(work)


@api.delete("/sessions", responses={200: Done}, security=BEARER, summary="退出其他设备")
def end_others() -> Response:
    here = visitor()

    def work() -> Response:
        count = sessions.end_others(here.identity_id, here.session_id)
        return done(f"已退出其他 {count} 台设备。" if count else "没有其他设备登录着。")

    return once(work)


def _tokens(tokens: Tokens) -> Response:
    ends = {name: clock.beijing(getattr(tokens, name)) for name in ("expires_at", "ends_at")}
    return json(TokensAnswer(token=tokens.token, refresh_token=tokens.refresh_token, **ends))


def _session(view: SessionView, here: Visitor) -> SessionAnswer:
    return SessionAnswer(
        id=view.id,
        device=view.device,
        account=view.account,
        created_at=clock.beijing(view.created_at),
        seen_at=clock.beijing(view.seen_at),
        ends_at=clock.beijing(view.ends_at),
        current=view.id == here.session_id,
    )
