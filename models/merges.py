"""Two registrations that are one person's: pairs that look like it, and what a merge of them is undone with."""

from typing import TYPE_CHECKING

from peewee import ForeignKeyField, TextField

from models.base import Table, UtcField
from models.marks import WITH_MEMBERSHIP, kept, personal, sealed
from models.members import Member

DAYS = 7
_UNDONE = kept(DAYS, "merged_at", "七天，注销时马上删除")


class MemberMerge(Table):
    """A merge that staff can still undo. `snapshot` holds both as they were; the empty row of `gone` stays as long as
    it, so that her number stays hers. Only the last merge of somebody can be undone."""

    kept = personal(ForeignKeyField(Member, on_delete="CASCADE", unique=True, backref="+"), _UNDONE)
    gone = personal(ForeignKeyField(Member, on_delete="CASCADE", unique=True, backref="+"), _UNDONE)
    snapshot = sealed(personal(TextField(), _UNDONE), "member_merge.snapshot")
    merged_at = personal(UtcField(index=True), _UNDONE)

    if TYPE_CHECKING:
        kept_id: int
        gone_id: int

    class Meta:
        table_name = "member_merge"


class Double(Table):
    """Two members of one name at one place, the older first. `cleared_at`: somebody looked, and they are two people."""

    one = personal(ForeignKeyField(Member, on_delete="CASCADE", index=False, backref="+"), WITH_MEMBERSHIP)
    other = personal(ForeignKeyField(Member, on_delete="CASCADE", backref="+"), WITH_MEMBERSHIP)
    found_at = personal(UtcField(), WITH_MEMBERSHIP)
    cleared_at = personal(UtcField(null=True), WITH_MEMBERSHIP)

    if TYPE_CHECKING:
        one_id: int
        other_id: int

    class Meta:
        table_name = "member_double"
        indexes = ((("one", "other"), True),)
