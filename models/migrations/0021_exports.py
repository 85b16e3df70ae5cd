# Generated from a schema diff on 2026-11-30 23:06.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class Staff(Model):
        class Meta:
            database = db
            table_name = 'staff'

    class StoredFile(Model):
        class Meta:
            database = db
            table_name = 'stored_file'

    class SheetExport(Model):
        kind = CharField(max_length=16)
        form = KeyField(max_length=8)
        state = CharField(index=True, max_length=16, default='asked')
        staff = ForeignKeyField(Staff, null=True, on_delete='SET NULL')
        login = KeyField(max_length=32)
        place = KeyField(max_length=32, default='')
        purpose = TextField()
        decider = ForeignKeyField(Staff, null=True, on_delete='SET NULL')
        answer = TextField(default='')
        file = ForeignKeyField(StoredFile, null=True, on_delete='SET NULL')
        password = TextField(null=True)
        rows = IntegerField(default=0)
        downloads = SmallIntegerField(default=0)
        why = CharField(max_length=200, default='')
        asked_at = UtcField(index=True)
        decided_at = UtcField(null=True)
        taken_at = UtcField(null=True)
        ends_at = UtcField(null=True)
        alerted_at = UtcField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'sheet_export'
    db.create_tables([SheetExport])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('sheet_export'))
