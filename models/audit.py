"""What the staff did, one entry after another, each holding on to the one before it: append-only."""

from enum import StrEnum

from peewee import BigIntegerField, IntegerField
from playhouse.fields import EnumField

from models.base import KeyField, KeyText, Table, UtcField
from models.marks import kept, personal

YEARS = 3
_KEPT = kept(YEARS * 365, "happened_at", "三年")


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class AuditEntry(Table):
    """`number` counts on without a gap. `staff_number` and `login` are whose act it was; nothing here points at another
    table, so that nobody's going changes an entry. `subject` is an id, `facts` are ids, counts and codes as JSON: an
    entry holds nothing of a resident but her number."""

    number = BigIntegerField(unique=True)
    happened_at = personal(UtcField(index=True), _KEPT)
    staff_number = personal(IntegerField(null=True), _KEPT)
    login = personal(KeyField(max_length=32, default=""), _KEPT)
    role = personal(KeyField(max_length=64, default=""), _KEPT)
    address = personal(KeyField(max_length=64, default=""), _KEPT)
    action = personal(KeyField(max_length=48), _KEPT)
    subject_kind = personal(KeyField(max_length=32, default=""), _KEPT)
    subject = personal(KeyField(max_length=64, default=""), _KEPT)
    place = personal(KeyField(max_length=32, default=""), _KEPT)
    outcome = personal(EnumField(Outcome, max_length=16), _KEPT)
    facts = personal(KeyText(), _KEPT)
    previous = personal(KeyField(max_length=64), _KEPT)
    digest = personal(KeyField(max_length=64), _KEPT)

    class Meta:
        table_name = "audit_entry"
        # With the number in each, a filter that finds nothing does not read three years to say so.
        indexes = (
            (("login", "number"), False),
            (("action", "number"), False),
            (("place", "number"), False),
            (("subject_kind", "subject"), False),
        )


class AuditTail(Table):
    """The one row that says which entry is the last. Whoever writes an entry holds its lock."""

    number = BigIntegerField(default=0)
    digest = KeyField(max_length=64, default="")

    class Meta:
        table_name = "audit_tail"
