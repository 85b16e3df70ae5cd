"""Who is next in a batch: items are drawn as there is room, one person's go one after the other, some wait."""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic

from backend import clock
from backend.wechat.retries import Repeat
from backend.wechat.sending.sends import Item
from backend.wechat.transport import encode

ASIDE = 1_000
"""Messages put aside because their recipient has one under way; meanwhile no more are drawn."""

REPEATED_WITHIN = 540.0
"""Seconds. The platform de-duplicates for ten minutes, and the last try must arrive within them."""


@dataclass(slots=True, eq=False)
class Post(Generic[Item]):
    """One message on its way to an outcome."""

    item: Item
    body: bytes
    tries: int = 0
    refusals: int = 0
    maybe_sent: bool = False
    generation: int = 0  # of the token it went out with
    began: float = field(default_factory=clock.monotonic)

    def may_repeat(self) -> Repeat:
        fresh = clock.monotonic() - self.began < REPEATED_WITHIN
        return Repeat.ALWAYS if self.item.deduplicated and fresh else Repeat.UNSENT


class Lineup(Generic[Item]):
    """None among the items: nothing at this moment, ask again later."""

    def __init__(self, items: Iterable[Item | None]) -> None:
        self._items, self._drawn_all = iter(items), False
        self._ready: deque[Post[Item]] = deque()
        self._later: list[tuple[float, int, Post[Item]]] = []
        self._behind: dict[str, deque[Post[Item]]] = {}  # by openid: whoever has one under way
        self._aside, self._serial = 0, 0

    def __bool__(self) -> bool:
        """Whether anything may still come."""
        return bool(self._ready or self._later or not self._drawn_all)

    def next(self) -> Post[Item] | None:
        while self._later and self._later[0][0] <= clock.monotonic():
            self._ready.append(heapq.heappop(self._later)[2])
        return self._ready.popleft() if self._ready else self._draw()

    def first(self, post: Post[Item]) -> None:
        """Back to the front: it could not go yet."""
        self._ready.appendleft(post)

    def again(self, post: Post[Item], seconds: float = 0.0) -> None:
        self._serial += 1
        heapq.heappush(self._later, (clock.monotonic() + seconds, self._serial, post))

    def release(self, openid: str) -> None:
        """Hers is finished with: her next one may go, if one waits."""
        if behind := self._behind[openid]:
            self._aside -= 1
            self._ready.append(behind.popleft())
        else:
            del self._behind[openid]

    def seconds_to_next(self, most: float) -> float:
        return max(0.0, min(most, self._later[0][0] - clock.monotonic())) if self._later else most

    def left(self) -> Iterator[Post[Item]]:
        """What was drawn and never finished with."""
        yield from self._ready
        yield from (post for _, _, post in self._later)
        for behind in self._behind.values():
            yield from behind

    def _draw(self) -> Post[Item] | None:
        while not self._drawn_all and self._aside < ASIDE:
            try:
                item = next(self._items)
            except StopIteration:
                self._drawn_all = True
                return None
            if item is None:
                return None
            post = Post(item, encode(item.body()))
            if item.openid not in self._behind:
                self._behind[item.openid] = deque()
                return post
            self._behind[item.openid].append(post)
            self._aside += 1
        return None
