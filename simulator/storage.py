"""Keeps the world in DIR/simulator.json: written a second after a change and at exit, read at the start."""

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.codec import decode, encode
from simulator.platform import Platform
from simulator.state.agenda import Due
from simulator.state.chats import Message, State
from simulator.state.media import Media, MediaShelf
from simulator.state.world import Desk, World

SECONDS = 1.0
# After a long save the next one waits in proportion, so that a big world is not saved all the time.
REST = 20

Context = Callable[[web.Application], AsyncIterator[None]]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Snapshot:
    world: World
    media: list[Media] = field(default_factory=list)


class Storage:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "simulator.json"
        self.media_folder = folder / "media"

    def load(self) -> Snapshot | None:
        """Nothing when there is no file, or none that can be read: that one is put aside, not overwritten."""
        try:
            snapshot = decode(Snapshot, json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as broken:
            aside = self.path.with_suffix(".broken")
            _log.warning("%s cannot be read (%s); kept as %s", self.path, broken, aside)
            os.replace(self.path, aside)
            return None
        assert isinstance(snapshot, Snapshot)
        _end_what_was_under_way(snapshot.world, snapshot.world.clock_offset + time.time())
        snapshot.world.agenda.resume()
        return snapshot

    def save(self, document: Any) -> None:
        text = json.dumps(document, ensure_ascii=False)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, self.path)


def document_of(world: World, media: MediaShelf) -> Any:
    """Without the crowd, which would be a quarter of a million chats."""
    desks = {app_id: _without_crowd(desk) for app_id, desk in world.desks.items()}
    agenda = replace(world.agenda, waiting=[due for due in world.agenda.waiting if not _of_crowd(world, due)])
    return encode(Snapshot(replace(world, desks=desks, agenda=agenda), media.listed()))


def _of_crowd(world: World, due: Due) -> bool:
    desk = world.desks.get(due.app_id)
    chat = desk.chats.get(due.openid) if desk else None
    return chat is not None and chat.pid[0] != "p"


def _without_crowd(desk: Desk) -> Desk:
    chats = {openid: chat for openid, chat in desk.chats.items() if chat.pid[0] == "p"}
    return replace(desk, chats=chats, blacklist={openid: True for openid in desk.blacklist if openid in chats})


def _end_what_was_under_way(world: World, now: float) -> None:
    for desk in world.desks.values():
        for job in desk.mass_jobs.values():
            job.interrupt(now)
        for chat in desk.chats.values():
            for message in chat.messages:
                _fail_if_sending(message)


def _fail_if_sending(message: Message) -> None:
    if message.state is State.SENDING:
        message.state = State.FAILED


def keeping(platform: Platform, storage: Storage) -> Context:
    """A cleanup context for the application: saves while it runs and once more when it ends."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        stopping = asyncio.Event()
        task = asyncio.create_task(_keep(platform, storage, stopping))
        yield
        stopping.set()
        await task
        storage.save(document_of(platform.world, platform.media))

    return context


async def _keep(platform: Platform, storage: Storage, stopping: asyncio.Event) -> None:
    saved, pause = platform.world.revision, SECONDS
    while not await _within(stopping, pause):
        if platform.world.revision == saved:
            continue
        started = time.perf_counter()
        saved = platform.world.revision
        document = document_of(platform.world, platform.media)
        await asyncio.to_thread(storage.save, document)
        pause = max(SECONDS, REST * (time.perf_counter() - started))


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
