# Generated from a schema diff on 2026-11-30 23:16.
from peewee import *
from models.base import KeyField

def up(migrator, db):
    class QualityWeek(Model):
        code = KeyField(max_length=32)
        week = KeyField(index=True, max_length=10)
        members = IntegerField(default=0)
        notices = IntegerField(default=0)
        heads = IntegerField(default=0)
        lanes = IntegerField(default=0)
        headless = IntegerField(default=0)
        doubles = IntegerField(default=0)
        numberless = IntegerField(default=0)
        unreachable = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'quality_week'
            indexes = ((('code', 'week'), True),)
    db.create_tables([QualityWeek])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('quality_week'))
