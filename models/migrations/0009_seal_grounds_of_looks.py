# Generated from a schema diff on 2026-11-22 12:02.
from peewee import *

# No release has written a look yet: there is no reason to be taken along.

def up(migrator, db):
    migrator.migrate(migrator.add_column('look', 'grounds', TextField(default='')))
    migrator.migrate(migrator.drop_column('look', 'reason'))


def down(migrator, db):
    migrator.migrate(migrator.add_column('look', 'reason', CharField(max_length=128, default='')))
    migrator.migrate(migrator.drop_column('look', 'grounds'))
