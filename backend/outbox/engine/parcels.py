"""One delivery in a worker's hands, and what it knows of the source it belongs to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from backend.outbox.channels import Choice, Plan, Reach
from backend.outbox.messages import Message
from backend.outbox.rules import MOVES, WAITING
from backend.outbox.tallies import End
from models.deliveries import Channel, DeliveryState, SourceState


@dataclass(slots=True)
class Assignment:
    """A source as its deliveries need it."""

    source_id: int
    kind: str
    message: Message
    plan: Plan
    state: SourceState = SourceState.RUNNING
    data: dict[str, dict[str, str]] = field(default_factory=dict)  # by template: what all are told


@dataclass(slots=True, eq=False)
class Block:
    """A lane's share of a source, claimed. Of its parcels `open` are in hand, `ended` done with, and `later` put back
    until `next_due` at the earliest."""

    id: int
    assignment: Assignment
    lane: int
    priority: int
    waiting: int
    mass: bool = False
    open: int = 0
    ended: int = 0
    later: int = 0
    next_due: datetime | None = None


@dataclass(slots=True, eq=False)
class Parcel:
    """`person` is the member's id, or the complement of the follower's: two parcels of one person share it. `repeats`:
    an earlier intent may have arrived, so nothing but an acceptance makes it certain. `fresh`: in the database it waits
    still, and might be cancelled there."""

    id: int
    person: int
    block: Block
    reach: Reach
    data: str | None
    state: DeliveryState
    channel: Channel | None = None
    attempts: int = 0
    refused: int = 0
    due_at: datetime | None = None
    intended_at: datetime | None = None
    settled_at: datetime | None = None
    platform_id: str = ""
    reason: str = ""
    repeats: bool = False
    choice: Choice | None = None
    made: Message | None = None
    fresh: bool = False

    @property
    def source_id(self) -> int:
        return self.block.assignment.source_id

    def move(self, state: DeliveryState, changes: Counter[End]) -> None:
        """To another state, noted in the tallies that change with it."""
        assert state in MOVES[self.state], f"{self.state} does not become {state}"
        if self.state not in WAITING:
            changes[self._end()] -= 1
        self.state = state

    def note(self, changes: Counter[End], number: int = 1) -> None:
        """Where it stands now, if that is an end."""
        if self.state not in WAITING:
            changes[self._end()] += number

    def _end(self) -> End:
        return End(self.source_id, self.state, self.channel or "", self.reason)
