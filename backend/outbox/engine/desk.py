"""What one worker has in hand, in memory: who is next, who has a message under way, which blocks are not done with."""

from collections import deque
from collections.abc import Iterable

from backend.outbox.channels import Reach
from backend.outbox.engine.parcels import Block, Parcel
from models.deliveries import Priority

RESERVE = 16
"""Of the window, kept free for what is more urgent than a broadcast."""


class Desk:
    """`window` is the most intents without an outcome."""

    def __init__(self, window: int) -> None:
        self.window = window
        self.blocks: dict[int, Block] = {}
        self.under_way: dict[int, Parcel] = {}  # by person
        self.finished: list[Block] = []
        self._todo: dict[int, deque[Parcel]] = {priority: deque() for priority in Priority}
        self._behind: dict[int, deque[Parcel]] = {}  # by person: those who wait for one under way
        self._reach: dict[int, Reach] = {}  # by person: what is known of those in hand
        self._several: dict[int, int] = {}  # by person: how many parcels, of those who have more than one

    def __bool__(self) -> bool:
        return bool(self.blocks or self.finished)

    @property
    def waiting(self) -> int:
        return sum(map(len, self._todo.values()))

    @property
    def least_urgent(self) -> int:
        """Of those that wait for their turn."""
        return max((priority for priority, parcels in self._todo.items() if parcels), default=len(Priority))

    def accept(self, block: Block, parcels: Iterable[Parcel]) -> None:
        """A block that was claimed. One without parcels is finished with at once."""
        self.blocks[block.id] = block
        mine = list(parcels)
        for parcel in mine:
            self._know(parcel)
        block.open = len(mine)
        self._todo[block.priority].extend(mine)
        if not mine:
            self._finish(block)

    def next(self) -> Parcel | None:
        """The most urgent whose person has nothing under way, as far as there is room for its intent."""
        for priority, parcels in self._todo.items():
            room = self.window if priority < Priority.BROADCAST else self.window - min(RESERVE, self.window // 4)
            while parcels and len(self.under_way) < room:
                parcel = parcels.popleft()
                if parcel.person not in self.under_way:
                    return parcel
                self._behind.setdefault(parcel.person, deque()).append(parcel)
        return None

    def leaves(self, parcel: Parcel) -> None:
        """Its intent is being committed."""
        self.under_way[parcel.person] = parcel

    def comes_back(self, parcel: Parcel) -> None:
        """It has an outcome: whoever waited behind it may go."""
        del self.under_way[parcel.person]
        if behind := self._behind.pop(parcel.person, None):
            for other in reversed(behind):
                self._todo[other.block.priority].appendleft(other)

    def again(self, parcel: Parcel) -> None:
        """At once, by another channel."""
        self._todo[parcel.block.priority].appendleft(parcel)

    def done(self, parcel: Parcel, later: bool) -> None:
        """Out of hand: it has ended, or waits for another time."""
        block = parcel.block
        block.open -= 1
        self._let_go(parcel.person)
        if later:
            block.later += 1
            if parcel.due_at and (block.next_due is None or parcel.due_at < block.next_due):
                block.next_due = parcel.due_at
        else:
            block.ended += 1
        if not block.open:
            self._finish(block)

    def take_finished(self) -> tuple[list[Block], set[int]]:
        """The blocks that are done with, and the lanes no other block in hand lies in."""
        finished, self.finished = self.finished, []
        kept = {block.lane for block in self.blocks.values()}
        return finished, {block.lane for block in finished} - kept

    def _know(self, parcel: Parcel) -> None:
        """What is learned of a person by one of her parcels holds for the others in hand."""
        known = self._reach.setdefault(parcel.person, parcel.reach)
        if known is not parcel.reach:
            self._several[parcel.person] = self._several.get(parcel.person, 1) + 1
            known.learn(parcel.reach)
            parcel.reach = known

    def _let_go(self, person: int) -> None:
        left = self._several.pop(person, 1) - 1
        if left > 1:
            self._several[person] = left
        elif not left:
            del self._reach[person]

    def _finish(self, block: Block) -> None:
        del self.blocks[block.id]
        self.finished.append(block)
