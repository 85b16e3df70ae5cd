"""Tokens are exchanged for new ones; an old refresh token that comes again later ends the session."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import SignInNeeded
from backend.receipts.claims import Claims
from backend.receipts.redemptions import Redemptions
from backend.runtime import Runtime
from backend.sessions import queries
from backend.sessions.actions import Sessions, Tokens, begin
from backend.storage.kv import MemoryKV
from models.sessions import Session
from tests import people
from tests.threads import at_once


@pytest.fixture
def tokens(account: Account) -> Tokens:
    return begin(people.identity(account), "安卓手机")


@pytest.fixture
def later(runtime: Runtime) -> Sessions:
    """As it is two minutes later: what was exchanged is remembered no more."""
    return Sessions(Redemptions(Claims(MemoryKV(), runtime.cipher), runtime.lookups), runtime.members)


def _refused(sessions: Sessions, refresh_token: str) -> None:
    with pytest.raises(SignInNeeded) as caught:
        sessions.refresh(refresh_token)
    assert caught.value.code == "session_ended"


def test_new_tokens_take_the_place_of_the_old_ones(runtime: Runtime, tokens: Tokens) -> None:
    fresh = runtime.sessions.refresh(tokens.refresh_token)
    assert {fresh.token, fresh.refresh_token}.isdisjoint({tokens.token, tokens.refresh_token})
    assert queries.visitor(tokens.token) is None
    assert queries.visitor(fresh.token) is not None
    assert Session.select().count() == 1
    assert fresh.ends_at > tokens.ends_at


def test_said_again_within_two_minutes_it_gives_the_same(runtime: Runtime, tokens: Tokens) -> None:
    first = runtime.sessions.refresh(tokens.refresh_token)
    assert [runtime.sessions.refresh(tokens.refresh_token) for _ in range(3)] == [first] * 3


def test_said_many_times_at_once_it_gives_the_same(runtime: Runtime, tokens: Tokens) -> None:
    fresh = at_once(*[partial(runtime.sessions.refresh, tokens.refresh_token)] * 8)
    assert len(set(fresh)) == 1
    assert queries.visitor(fresh[0].token) is not None


def test_an_old_refresh_token_later_ends_the_session(runtime: Runtime, later: Sessions, tokens: Tokens) -> None:
    fresh = runtime.sessions.refresh(tokens.refresh_token)
    _refused(later, tokens.refresh_token)
    assert queries.visitor(fresh.token) is None
    assert Session.select().count() == 0
    _refused(later, fresh.refresh_token)


def test_only_that_session_ends(runtime: Runtime, account: Account, later: Sessions, tokens: Tokens) -> None:
    other = begin(people.identity(account), "电脑")
    runtime.sessions.refresh(tokens.refresh_token)
    _refused(later, tokens.refresh_token)
    assert queries.visitor(other.token) is not None


def test_it_goes_on_for_as_long_as_she_comes_back(runtime: Runtime, later: Sessions, tokens: Tokens) -> None:
    for _ in range(3):
        Session.update(expires_at=clock.ago(hours=1)).execute()
        tokens = runtime.sessions.refresh(tokens.refresh_token)
        assert queries.visitor(tokens.token) is not None
    assert later.refresh(tokens.refresh_token).token != tokens.token


def test_past_its_end_nothing_is_exchanged(runtime: Runtime, tokens: Tokens) -> None:
    Session.update(ends_at=clock.ago(seconds=1)).execute()
    _refused(runtime.sessions, tokens.refresh_token)


@pytest.mark.parametrize("text", ["", "x", "x" * 43, "x" * 10_000])
def test_what_is_no_refresh_token_is_refused(runtime: Runtime, tokens: Tokens, text: str) -> None:
    _refused(runtime.sessions, text)
    _refused(runtime.sessions, tokens.token)
    assert queries.visitor(tokens.token) is not None


def test_what_is_remembered_cannot_be_read(runtime: Runtime, tokens: Tokens) -> None:
    fresh = runtime.sessions.refresh(tokens.refresh_token)
    kept = b"".join(path.read_bytes() for path in runtime.settings.data_dir.glob("*") if path.is_file())
    assert [each for each in (fresh.token, fresh.refresh_token, tokens.refresh_token) if each.encode() in kept] == []
