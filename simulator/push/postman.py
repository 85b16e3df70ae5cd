"""Carries out the agenda: sleeps until a push is due, then delivers it; nobody waits for an answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from simulator.platform import Platform
from simulator.push.courier import Parcel, deliver
from simulator.push.fields import complete
from simulator.state.agenda import Due

AT_ONCE = 16  # few enough that results give way to the calls of a batch that is being sent
LONGEST_SLEEP = 60.0  # the machine's clock may be set while we sleep

Context = Callable[[web.Application], AsyncIterator[None]]


def serving_the_agenda(platform: Platform) -> Context:
    """A cleanup context for the application."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_serve(platform))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return context


async def _serve(platform: Platform) -> None:
    hands = asyncio.Semaphore(AT_ONCE)
    while True:
        await hands.acquire()
        due = await _next(platform)
        work = asyncio.ensure_future(_carry(platform, due))
        work.add_done_callback(lambda _: hands.release())
        platform.keep(work)


async def _next(platform: Platform) -> Due:
    while True:
        platform.agenda_changed.clear()
        due = platform.world.agenda.take(platform.now())
        if due is not None:
            return due
        await _sleep(platform)


async def _sleep(platform: Platform) -> None:
    """Until the next one is due, or something earlier comes up. With nothing to come it costs nothing."""
    waiting = platform.world.agenda.waiting
    if not waiting:
        await platform.agenda_changed.wait()
        return
    seconds = min(waiting[0].at - platform.now(), LONGEST_SLEEP)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(platform.agenda_changed.wait(), seconds)


async def _carry(platform: Platform, due: Due) -> None:
    """CreateTime is the moment it was due: a push that is repeated after a restart is the same push."""
    account = platform.accounts.get(due.app_id)
    if account is not None:
        fields = complete(platform, account, due.openid, {"CreateTime": int(due.at), **due.fields})
        await deliver(platform, Parcel(account, due.openid, fields))
    platform.world.agenda.finish(due)
    platform.world.changed()
