"""Sheets that staff bring: what each would do, whether it did, and the files that belong to it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.files import StoredFile
from models.marks import kept, personal
from models.staff import Staff

_HISTORY = kept(90, "uploaded_at", "九十天")


class ImportKind(StrEnum):
    INVITATIONS = "invitations"
    HEADS = "heads"
    PLACES = "places"
    CONTACTS = "contacts"
    ACTIVITIES = "activities"


class ImportState(StrEnum):
    """Which follows which stands in backend/imports/rules.py."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class SheetImport(Table):
    """`sheet` holds the lines as they were read, `report` what becomes of each, `result` the sheet again with it, and
    `changes` what undoes them. `fingerprint` is of the report: what is confirmed is what was seen. `why` is a sentence.
    """

    kind = personal(EnumField(ImportKind, max_length=16), _HISTORY)
    state = personal(EnumField(ImportState, max_length=16, default=ImportState.UPLOADED, index=True), _HISTORY)
    staff = personal(ForeignKeyField(Staff, null=True, on_delete="SET NULL"), _HISTORY)
    login = personal(KeyField(max_length=32), _HISTORY)
    sheet = personal(ForeignKeyField(StoredFile, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    report = personal(ForeignKeyField(StoredFile, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    result = personal(ForeignKeyField(StoredFile, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    changes = personal(ForeignKeyField(StoredFile, null=True, on_delete="SET NULL", backref="+"), _HISTORY)
    lines = personal(IntegerField(), _HISTORY)
    refused = personal(IntegerField(default=0), _HISTORY)
    removed = personal(IntegerField(default=0), _HISTORY)
    changed = personal(IntegerField(default=0), _HISTORY)
    added = personal(IntegerField(default=0), _HISTORY)
    same = personal(IntegerField(default=0), _HISTORY)
    fingerprint = personal(KeyField(max_length=64, default=""), _HISTORY)
    why = personal(CharField(max_length=200, default=""), _HISTORY)
    uploaded_at = personal(UtcField(index=True), _HISTORY)
    checked_at = personal(UtcField(null=True), _HISTORY)
    confirmed_at = personal(UtcField(null=True), _HISTORY)
    ended_at = personal(UtcField(null=True), _HISTORY)

    if TYPE_CHECKING:
        staff_id: int | None
        sheet_id: int | None
        report_id: int | None
        result_id: int | None
        changes_id: int | None

    class Meta:
        table_name = "sheet_import"
