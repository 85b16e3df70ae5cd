# Generated from a schema diff on 2026-11-30 22:31.
from peewee import *
from models.base import UtcField

def up(migrator, db):
    class Member(Model):
        class Meta:
            database = db
            table_name = 'member'

    class Double(Model):
        one = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        other = ForeignKeyField(Member, on_delete='CASCADE')
        found_at = UtcField()
        cleared_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'member_double'
            indexes = ((('one', 'other'), True),)
    db.create_tables([Double])

    class MemberMerge(Model):
        kept = ForeignKeyField(Member, unique=True, on_delete='CASCADE')
        gone = ForeignKeyField(Member, unique=True, on_delete='CASCADE')
        snapshot = TextField()
        merged_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'member_merge'
    db.create_tables([MemberMerge])

    # First the new one: MariaDB keeps the last index that a foreign key can use.
    migrator.migrate(migrator.add_index('member', ('place_id', 'state', 'id')))
    migrator.migrate(migrator.drop_index('member', 'member_place_id'))


def down(migrator, db):
    migrator.migrate(migrator.add_index('member', ('place_id',)))
    migrator.migrate(migrator.drop_index('member', 'member_place_id_state_id'))
    migrator.migrate(migrator.drop_table('member_merge'))
    migrator.migrate(migrator.drop_table('member_double'))
