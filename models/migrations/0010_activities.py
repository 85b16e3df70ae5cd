# Generated from a schema diff on 2026-11-22 12:11.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class Activity(Model):
        place = ForeignKeyField(Place, index=False, on_delete='CASCADE')
        title = KeyField(max_length=40)
        starts_at = UtcField()
        ends_at = UtcField(index=True)
        venue = CharField(max_length=40, default='')
        class Meta:
            database = db
            table_name = 'activity'
            indexes = ((('place', 'starts_at', 'title'), True),)
    db.create_tables([Activity])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('activity'))
