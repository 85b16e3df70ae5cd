# Generated from a schema diff on 2026-12-01 03:20.
from peewee import *

def up(migrator, db):
    migrator.migrate(migrator.drop_index('audit_entry', 'auditentry_action'))
    migrator.migrate(migrator.drop_index('audit_entry', 'auditentry_login'))
    migrator.migrate(migrator.add_index('audit_entry', ('action', 'number')))
    migrator.migrate(migrator.add_index('audit_entry', ('login', 'number')))
    migrator.migrate(migrator.add_index('audit_entry', ('place', 'number')))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('audit_entry', 'audit_entry_place_number'))
    migrator.migrate(migrator.drop_index('audit_entry', 'audit_entry_login_number'))
    migrator.migrate(migrator.drop_index('audit_entry', 'audit_entry_action_number'))
    migrator.migrate(migrator.add_index('audit_entry', ('login',), name='auditentry_login'))
    migrator.migrate(migrator.add_index('audit_entry', ('action',), name='auditentry_action'))
