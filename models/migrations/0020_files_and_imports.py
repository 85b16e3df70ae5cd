# Generated from a schema diff on 2026-11-30 22:54.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class Staff(Model):
        class Meta:
            database = db
            table_name = 'staff'

    class StoredFile(Model):
        name = KeyField(unique=True, max_length=32)
        key = TextField()
        title = TextField()
        size = BigIntegerField()
        made_at = UtcField()
        ends_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'stored_file'
    db.create_tables([StoredFile])

    class SheetImport(Model):
        kind = CharField(max_length=16)
        state = CharField(index=True, max_length=16, default='uploaded')
        staff = ForeignKeyField(Staff, null=True, on_delete='SET NULL')
        login = KeyField(max_length=32)
        sheet = ForeignKeyField(StoredFile, null=True, on_delete='SET NULL')
        report = ForeignKeyField(StoredFile, null=True, on_delete='SET NULL')
        result = ForeignKeyField(StoredFile, null=True, on_delete='SET NULL')
        changes = ForeignKeyField(StoredFile, null=True, on_delete='SET NULL')
        lines = IntegerField()
        refused = IntegerField(default=0)
        removed = IntegerField(default=0)
        changed = IntegerField(default=0)
        added = IntegerField(default=0)
        same = IntegerField(default=0)
        fingerprint = KeyField(max_length=64, default='')
        why = CharField(max_length=200, default='')
        uploaded_at = UtcField(index=True)
        checked_at = UtcField(null=True)
        confirmed_at = UtcField(null=True)
        ended_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'sheet_import'
    db.create_tables([SheetImport])

    class Invitation(Model):
        phone_digest = KeyField(max_length=64)
        masked = KeyField(max_length=20)
        kind = CharField(max_length=16)
        place = ForeignKeyField(Place, on_delete='CASCADE')
        origin = ForeignKeyField(SheetImport, null=True, on_delete='SET NULL')
        invited_by = KeyField(max_length=32)
        invited_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'invitation'
            indexes = ((('phone_digest', 'kind', 'place'), True),)
    db.create_tables([Invitation])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('invitation'))
    migrator.migrate(migrator.drop_table('sheet_import'))
    migrator.migrate(migrator.drop_table('stored_file'))
