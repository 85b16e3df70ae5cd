# Generated from a schema diff on 2026-11-22 09:56.
from peewee import *
from models.base import UtcField

def up(migrator, db):
    class Member(Model):
        class Meta:
            database = db
            table_name = 'member'

    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class LaneHead(Model):
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        place = ForeignKeyField(Place, on_delete='RESTRICT')
        since = UtcField()
        until = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'lane_head'
    db.create_tables([LaneHead])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('lane_head'))
