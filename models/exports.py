"""Sheets that staff take away: asked for with a purpose, let go by a second person, and gone after a day."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField, IntegerField, SmallIntegerField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.files import StoredFile
from models.marks import kept, personal, sealed
from models.staff import Staff

_HISTORY = kept(90, "asked_at", "九十天")


class ExportKind(StrEnum):
    MEMBERS = "members"  # names and numbers masked
    CONTACTS = "contacts"  # in clear, of who agrees to be called
    HEADS = "heads"  # masked
    PLACES = "places"


class ExportState(StrEnum):
    """Which follows which stands in backend/exports/rules.py."""

    ASKED = "asked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"
    ENDED = "ended"


class SheetExport(Table):
    """`place` is a code, or "" for everywhere. `password` opens the file and is forgotten when she has been shown it;
    `alerted_at`: something of it was unusual. `decider` let it go, or did not, and says why in `answer`."""

    kind = personal(EnumField(ExportKind, max_length=16), _HISTORY)
    form = personal(KeyField(max_length=8), _HISTORY)
    state = personal(EnumField(ExportState, max_length=16, default=ExportState.ASKED, index=True), _HISTORY)
    staff = personal(ForeignKeyField(Staff, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    login = personal(KeyField(max_length=32), _HISTORY)
    place = personal(KeyField(max_length=32, default=""), _HISTORY)
    purpose = sealed(personal(TextField(), _HISTORY), "sheet_export.purpose")
    decider = personal(ForeignKeyField(Staff, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    answer = sealed(personal(TextField(default=""), _HISTORY), "sheet_export.answer")
    file = personal(ForeignKeyField(StoredFile, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    password = sealed(personal(TextField(null=True), _HISTORY), "sheet_export.password")
    rows = personal(IntegerField(default=0), _HISTORY)
    downloads = personal(SmallIntegerField(default=0), _HISTORY)
    why = personal(CharField(max_length=200, default=""), _HISTORY)
    asked_at = personal(UtcField(index=True), _HISTORY)
    decided_at = personal(UtcField(null=True), _HISTORY)
    taken_at = personal(UtcField(null=True), _HISTORY)
    ends_at = personal(UtcField(null=True), _HISTORY)
    alerted_at = personal(UtcField(null=True, index=True), _HISTORY)

    if TYPE_CHECKING:
        staff_id: int | None
        decider_id: int | None
        file_id: int | None

    class Meta:
        table_name = "sheet_export"
