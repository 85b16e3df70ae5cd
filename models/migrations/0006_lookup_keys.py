# Generated from a schema diff on 2026-11-22 08:20.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class LookupKey(Model):
        name = KeyField(unique=True, max_length=32)
        key = TextField()
        created_at = UtcField()
        class Meta:
            database = db
            table_name = 'lookup_key'
    db.create_tables([LookupKey])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('lookup_key'))
