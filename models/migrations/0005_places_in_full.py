# Generated from a schema diff on 2026-11-22 08:22.
from peewee import *
from models.base import KeyField
from models.base import KeyText

def up(migrator, db):
    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class PlaceContact(Model):
        place = ForeignKeyField(Place, on_delete='CASCADE', index=False)
        role = CharField(max_length=16)
        name = KeyField(max_length=20)
        phone = KeyField(max_length=20)
        hours = CharField(max_length=40, default='')
        position = SmallIntegerField()
        class Meta:
            database = db
            table_name = 'place_contact'
            indexes = ((('place', 'role', 'name', 'phone'), True),)
    db.create_tables([PlaceContact])

    migrator.migrate(migrator.add_column('place', 'boundary', KeyText(null=True)))
    migrator.migrate(migrator.add_column('place', 'folded', KeyText(null=True)))
    migrator.migrate(migrator.add_column('place', 'sounds', KeyText(null=True)))
    migrator.migrate(migrator.add_column('place', 'initials', KeyText(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('place', 'initials'))
    migrator.migrate(migrator.drop_column('place', 'sounds'))
    migrator.migrate(migrator.drop_column('place', 'folded'))
    migrator.migrate(migrator.drop_column('place', 'boundary'))
    migrator.migrate(migrator.drop_table('place_contact'))
