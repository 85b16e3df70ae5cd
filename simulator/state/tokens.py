"""Interface credentials: how they are renewed, replaced and found invalid (protocol §3.1, §3.2, §13)."""

import re
import secrets

from simulator.errors import PlatformError
from simulator.state.records import Token, TokenSlot
from simulator.state.world import Desk, World

LIFETIME = 7_200
OVERLAP = 300
FORCE_SPACING = 30

_WELL_FORMED = re.compile(r"\d+_[A-Za-z0-9_-]{40,600}")


def account_of(world: World, value: str, now: float) -> str:
    """The app id whose valid token this is. Raises 41001, 40014, 40001 or 42001."""
    if not value:
        raise PlatformError(41001)
    token = world.tokens.get(value)
    if token is None:
        raise PlatformError(40001 if _WELL_FORMED.fullmatch(value) else 40014)
    if token.revoked_at is not None and now >= token.revoked_at:
        raise PlatformError(40001)
    if now >= token.until:
        raise PlatformError(42001)
    return token.app_id


def replace(world: World, desk: Desk, now: float) -> tuple[str, int]:
    """/cgi-bin/token: always a new one; the one before works for another five minutes."""
    slot = desk.plain_tokens
    _revoke(world, slot.previous, now)
    _revoke(world, slot.current, now + OVERLAP)
    _issue(world, desk, slot, now)
    return slot.current, LIFETIME


def stable(world: World, desk: Desk, now: float) -> tuple[str, int]:
    """The current one with what is left of its life, renewed when that would be less than five minutes."""
    slot = desk.stable_tokens
    left = _left(world, slot.current, now)
    if left < OVERLAP:
        _issue(world, desk, slot, now)
        left = LIFETIME
    return slot.current, left


def may_force(desk: Desk, now: float) -> bool:
    """Also when the clock was set back behind the last time."""
    return not 0 <= now - desk.stable_tokens.forced_at < FORCE_SPACING


def force(world: World, desk: Desk, now: float) -> tuple[str, int]:
    """A new stable token; every earlier one dies at once."""
    slot = desk.stable_tokens
    _revoke(world, slot.previous, now)
    _revoke(world, slot.current, now)
    slot.forced_at = now
    _issue(world, desk, slot, now)
    return slot.current, LIFETIME


def invalidate(world: World, desk: Desk, now: float) -> None:
    """As if another process had forced a refresh: the tokens handed out so far stop working."""
    for slot in (desk.plain_tokens, desk.stable_tokens):
        _revoke(world, slot.previous, now)
        _revoke(world, slot.current, now)
        slot.current = slot.previous = ""


def _issue(world: World, desk: Desk, slot: TokenSlot, now: float) -> None:
    slot.previous = slot.current
    slot.current = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}"
    world.remember_token(slot.current, Token(desk.app_id, now + LIFETIME))
    world.changed()


def _revoke(world: World, value: str, at: float) -> None:
    token = world.tokens.get(value)
    if token and (token.revoked_at is None or token.revoked_at > at):
        token.revoked_at = at


def _left(world: World, value: str, now: float) -> int:
    """Whole seconds; never more than a life, also when the clock was set back."""
    token = world.tokens.get(value)
    if token is None or token.revoked_at is not None:
        return 0
    return min(LIFETIME, int(token.until - now))
