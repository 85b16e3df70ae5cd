"""What a fault does to a push on its way: late, after the next one, twice, or as if somebody had forged it."""

import asyncio
import contextlib

from simulator.faults import ON_ATTEMPTS, ON_DELIVERIES, PUSH, FaultKind, Struck, Target
from simulator.platform import Platform
from simulator.push.envelope import Tamper

LONGEST_HELD = 60.0  # when no other push comes, it goes out nevertheless

_FORGERIES = {FaultKind.WRONG_SIGNATURE: Tamper.SIGNATURE, FaultKind.WRONG_APPID: Tamper.APPID}


async def hold_up(platform: Platform, app_id: str, openid: str) -> tuple[FaultKind, ...]:
    """Before the first attempt: waits as the faults wish, and tells what struck."""
    kinds = ON_DELIVERIES - ({FaultKind.REORDER} if app_id in platform.faults.held_back else set())
    struck = platform.faults.striking(PUSH, _target(app_id, openid), kinds)
    if FaultKind.DELAY in struck:
        await _delay(struck)
    if FaultKind.REORDER in struck:
        await _hold_back(platform, app_id)
    return tuple(struck)


def forgery(platform: Platform, app_id: str, openid: str) -> tuple[FaultKind, Tamper] | None:
    """Asked before every attempt, so that the repetition can be a genuine one."""
    struck = platform.faults.striking(PUSH, _target(app_id, openid), ON_ATTEMPTS)
    return next(((kind, _FORGERIES[kind]) for kind in struck), None)


def let_pass(platform: Platform, app_id: str) -> None:
    """Another push of the account went out: the one that was held back follows it."""
    held = platform.faults.held_back.pop(app_id, None)
    if held is not None:
        held.set()


async def _delay(struck: Struck) -> None:
    fault = struck[FaultKind.DELAY]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(fault.seconds):
            await fault.gone.wait()


async def _hold_back(platform: Platform, app_id: str) -> None:
    passed = platform.faults.held_back[app_id] = asyncio.Event()
    try:
        async with asyncio.timeout(LONGEST_HELD):
            await passed.wait()
    except TimeoutError:
        let_pass(platform, app_id)


def _target(app_id: str, openid: str) -> Target:
    return Target(app_id, frozenset({openid}))
