"""Consents given on web pages: codes of five minutes, tokens of two hours, renewals for thirty days (protocol §8)."""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.state import codes
from simulator.state.people import OPENID_LENGTH, openid_of
from simulator.state.records import WebGrant
from simulator.state.world import Desk

TOKEN_SECONDS = 7_200
REFRESH_SECONDS = 30 * 86_400
GRANTS_KEPT = 10_000
BASE, USERINFO = "snsapi_base", "snsapi_userinfo"


def new_code(desk: Desk, pid: str, scope: str, now: float) -> str:
    """Without a pid for a visitor of a snapshot page, who has an openid that means nothing."""
    desk.web_codes = codes.remembered(desk.web_codes, now)
    openid = openid_of(desk.app_id, pid) if pid else "o" + secrets.token_urlsafe(32)[: OPENID_LENGTH - 1]
    value = "0" + secrets.token_urlsafe(24)[:31]
    desk.web_codes[value] = codes.WebCode(openid, pid, scope, now + codes.SECONDS)
    return value


def grant(desk: Desk, code: codes.WebCode, now: float) -> tuple[str, WebGrant]:
    refresh_until = now + REFRESH_SECONDS
    given = WebGrant(code.openid, code.pid, code.scope, now + TOKEN_SECONDS, _new_token(), refresh_until)
    return _keep(desk, given), given


def renewed(desk: Desk, token: str, given: WebGrant, now: float) -> str:
    """A token that still works goes on working; one that has expired is replaced."""
    alive = now < given.until
    given.until = now + TOKEN_SECONDS
    if alive:
        return token
    del desk.web_grants[token]
    return _keep(desk, given)


def by_refresh_token(desk: Desk, refresh_token: str) -> tuple[str, WebGrant] | None:
    return next(((token, one) for token, one in desk.web_grants.items() if one.refresh_token == refresh_token), None)


def _keep(desk: Desk, given: WebGrant) -> str:
    token = _new_token()
    desk.web_grants[token] = given
    if len(desk.web_grants) > GRANTS_KEPT:
        del desk.web_grants[next(iter(desk.web_grants))]
    return token


def _new_token() -> str:
    return f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(64)}"


def way_back(redirect_uri: str, added: Mapping[str, str]) -> str:
    """The redirect address with the code and the state behind its own query."""
    parts = urlsplit(redirect_uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added.items()])
    return urlunsplit(parts._replace(query=query))
