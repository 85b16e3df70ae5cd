"""The sources a worker has deliveries of: their message and plan, read once, and whether they still run."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from backend.outbox.channels import Manner, Plan
from backend.outbox.engine.parcels import Assignment, Parcel
from backend.outbox.messages import Message, unseal, unseal_data
from backend.privacy.cipher import FieldCipher
from backend.subscriptions import queries as subscriptions
from models.deliveries import Channel, DeliverySource, Priority, SourceState


class Assignments:
    """`refresh` asks again what may have changed: which sources run, which templates are bound, what is closed."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._known: dict[int, Assignment] = {}
        self._bindings: Mapping[subscriptions.BindingKey, subscriptions.Binding] = {}
        self._closed: Mapping[tuple[int, Channel], datetime] = {}

    def get(self, source_ids: Iterable[int]) -> dict[int, Assignment]:
        wanted = set(source_ids)
        missing = wanted - self._known.keys()
        if missing:
            for row in DeliverySource.select().where(DeliverySource.id.in_(missing)):
                self._known[row.id] = self._read(row)
        return {source_id: self._known[source_id] for source_id in wanted}

    def refresh(self, in_hand: Iterable[int], closed: Mapping[tuple[int, Channel], datetime]) -> None:
        """Forgets all but those in hand."""
        keep = set(in_hand)
        self._known = {source_id: each for source_id, each in self._known.items() if source_id in keep}
        self._bindings, self._closed = subscriptions.bindings(), closed
        if not keep:
            return
        rows = DeliverySource.select(DeliverySource.id, DeliverySource.state).where(DeliverySource.id.in_(keep))
        for row in rows:
            assignment = self._known[row.id]
            assignment.state = row.state
            assignment.plan = self._plan_anew(assignment)
            assignment.data.clear()

    def message_for(self, parcel: Parcel) -> Message:
        """With what it says differently to her."""
        message = parcel.block.assignment.message
        return message if parcel.data is None else message.with_data(unseal_data(self._cipher, parcel.data))

    def _read(self, row: DeliverySource) -> Assignment:
        plan = Plan(
            ladder=tuple(Channel(channel) for channel in row.ladder.split(",") if channel),
            manners=frozenset(Manner(manner) for manner in row.manners.split(",") if manner),
            priority=Priority(row.priority),
            expires_at=row.expires_at,
            bindings=self._bound(row.kind),
            closed=self._closed,
        )
        return Assignment(row.id, row.kind, unseal(self._cipher, row.message), plan, SourceState(row.state))

    def _plan_anew(self, assignment: Assignment) -> Plan:
        old = assignment.plan
        bound = self._bound(assignment.kind)
        return Plan(old.ladder, old.manners, old.priority, old.expires_at, bound, self._closed)

    def _bound(self, kind: str) -> dict[tuple[int, Channel], subscriptions.Binding]:
        return {(one.account_id, one.channel): one for one in self._bindings.values() if one.kind == kind}
