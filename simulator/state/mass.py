"""Who a mass message reaches: followers only, nobody on the blacklist, nobody more than four times a month (§4.4)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from simulator.clock import beijing_month
from simulator.state.chats import Chat
from simulator.state.world import Desk

A_MONTH = 4
SLICE = 2_000  # recipients between two breaths of the program


@dataclass(frozen=True, slots=True)
class Audience:
    """`chats`: those who could be meant. `total` counts them as the platform does: followers, or openids given."""

    chats: list[Chat]
    tag: int | None = None
    given: int | None = None

    def includes(self, chat: Chat) -> bool:
        return self.given is not None or (chat.following and (self.tag is None or self.tag in chat.tags))


@dataclass(slots=True)
class Tally:
    total: int = 0
    reached: int = 0


async def go_through(desk: Desk, audience: Audience, tally: Tally, now: float) -> AsyncIterator[Chat]:
    """Yields those who may get it, in slices, so that a quarter of a million followers halt nothing."""
    month = beijing_month(now)
    for start in range(0, len(audience.chats), SLICE):
        for chat in audience.chats[start : start + SLICE]:
            if not audience.includes(chat):
                continue
            tally.total += 1
            if _may_get(desk, chat, month):
                tally.reached += 1
                yield chat
        await asyncio.sleep(0)
    tally.total = tally.total if audience.given is None else audience.given


def _may_get(desk: Desk, chat: Chat, month: int) -> bool:
    if not chat.following or chat.blocked or chat.openid in desk.blacklist:
        return False
    return chat.mass_month != month or chat.mass_received < A_MONTH


def count(chat: Chat, now: float) -> None:
    """Takes one of the month's four."""
    month = beijing_month(now)
    chat.mass_received = chat.mass_received + 1 if chat.mass_month == month else 1
    chat.mass_month = month


def chats_of(desk: Desk, openids: Iterable[str]) -> list[Chat]:
    """Of known openids, each once."""
    return [desk.chats[openid] for openid in dict.fromkeys(openids) if openid in desk.chats]
