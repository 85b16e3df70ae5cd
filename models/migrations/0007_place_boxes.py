# Generated from a schema diff on 2026-11-22 09:06.
from peewee import *

def up(migrator, db):
    migrator.migrate(migrator.add_column('place', 'south', DoubleField(null=True)))
    migrator.migrate(migrator.add_column('place', 'west', DoubleField(null=True)))
    migrator.migrate(migrator.add_column('place', 'north', DoubleField(null=True)))
    migrator.migrate(migrator.add_column('place', 'east', DoubleField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('place', 'east'))
    migrator.migrate(migrator.drop_column('place', 'north'))
    migrator.migrate(migrator.drop_column('place', 'west'))
    migrator.migrate(migrator.drop_column('place', 'south'))
