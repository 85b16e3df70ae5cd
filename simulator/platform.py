"""The platform as one object: what the interfaces, the pushes and the phone share while the program runs."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import aiohttp

from simulator.accounts import Account
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.hub import Hub
from simulator.rids import Rids
from simulator.scenes import Stage
from simulator.shapes import JsonObject
from simulator.spots import Spot
from simulator.state.chats import By, Chat, Kind, Message, State
from simulator.state.media import MediaShelf
from simulator.state.world import Desk, World
from simulator.traffic import Entry, Journal


class Platform:
    def __init__(self, accounts: Iterable[Account], world: World, media: MediaShelf, spots: list[Spot]) -> None:
        self.accounts = {account.app_id: account for account in accounts}
        self.world = world
        self.clock = Clock(world.clock_offset)
        self.journal = Journal()
        self.hub = Hub()
        self.faults = Faults()
        self.rids = Rids()
        self.paths: frozenset[str] = frozenset()  # of all interfaces; build_app knows them
        self.stage = Stage()
        self.media = media
        self.spots = spots
        self._http: aiohttp.ClientSession | None = None
        self._work: set[asyncio.Future[Any]] = set()
        self.agenda_changed = asyncio.Event()

    def now(self) -> float:
        return self.clock.now()

    @property
    def http(self) -> aiohttp.ClientSession:
        """The client for pushes; made at the first use because it belongs to the running loop."""
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._http

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Lets work go on after the answer; the reference keeps it alive."""
        self.keep(asyncio.ensure_future(work))

    def keep(self, task: asyncio.Future[Any]) -> None:
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def later(self, seconds: float, desk: Desk, openid: str, fields: JsonObject) -> None:
        """A push that comes so many seconds of the pretended clock from now; `openid` is its FromUserName."""
        if self.world.agenda.enter(self.now() + seconds, desk.app_id, openid, fields):
            self.agenda_changed.set()

    async def abandon(self) -> None:
        """Drops the work under way: what it would say belongs to a world that is gone."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def close(self) -> None:
        await self.abandon()
        if self._http is not None:
            await self._http.close()

    def note(self, entry: Entry) -> None:
        self.journal.add(entry)
        self.hub.publish_traffic(entry.shown)

    def say(
        self, desk: Desk, chat: Chat, by: By, kind: Kind, content: JsonObject, *, state: State | None = None
    ) -> Message:
        """Puts a message into the chat and shows it to whoever looks."""
        message = Message(self.world.next_id(), self.now(), by, kind, content, state)
        chat.add(message)
        self.world.changed()
        self.show(desk, chat, message)
        return message

    def show(self, desk: Desk, chat: Chat, message: Message | None = None) -> None:
        """Without a message it tells only how the chat stands now. The crowd is not on the page."""
        if self.hub.heard and chat.pid in self.world.people:
            place = {"person": chat.pid, "app_id": desk.app_id, "message": message and message.shown()}
            self.hub.publish("chat", place | chat.standing(self.now()))

    def settle(self, desk: Desk, chat: Chat, message: Message, state: State) -> None:
        message.state = state
        self.world.changed()
        self.show(desk, chat, message)

    def show_state(self) -> None:
        self.world.changed()
        self.hub.publish("state", {})
