# Generated from a schema diff on 2026-11-30 22:07.
from peewee import *
from models.base import KeyField
from models.base import KeyText
from models.base import UtcField

def up(migrator, db):
    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class WechatIdentity(Model):
        class Meta:
            database = db
            table_name = 'wechat_identity'

    class AuditEntry(Model):
        number = BigIntegerField(unique=True)
        happened_at = UtcField(index=True)
        staff_number = IntegerField(null=True)
        login = KeyField(index=True, max_length=32, default='')
        role = KeyField(max_length=64, default='')
        address = KeyField(max_length=64, default='')
        action = KeyField(index=True, max_length=48)
        subject_kind = KeyField(max_length=32, default='')
        subject = KeyField(max_length=64, default='')
        place = KeyField(max_length=32, default='')
        outcome = CharField(max_length=16)
        facts = KeyText()
        previous = KeyField(max_length=64)
        digest = KeyField(max_length=64)
        class Meta:
            database = db
            table_name = 'audit_entry'
            indexes = ((('subject_kind', 'subject'), False),)
    db.create_tables([AuditEntry])

    class AuditTail(Model):
        number = BigIntegerField(default=0)
        digest = KeyField(max_length=64, default='')
        class Meta:
            database = db
            table_name = 'audit_tail'
    db.create_tables([AuditTail])

    class Staff(Model):
        login = KeyField(unique=True, max_length=32)
        name = CharField(max_length=32)
        unit = CharField(max_length=64)
        state = CharField(max_length=16, default='invited')
        password = KeyField(max_length=160, default='')
        totp = TextField(null=True)
        totp_step = BigIntegerField(default=0)
        identity = ForeignKeyField(WechatIdentity, unique=True, null=True, on_delete='SET NULL')
        failures = IntegerField(default=0)
        locked_until = UtcField(null=True)
        created_at = UtcField()
        changed_at = UtcField()
        left_at = UtcField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'staff'
    db.create_tables([Staff])

    class RecoveryCode(Model):
        staff = ForeignKeyField(Staff, on_delete='CASCADE')
        digest = KeyField(unique=True, max_length=64)
        used_at = UtcField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'recovery_code'
    db.create_tables([RecoveryCode])

    class StaffGrant(Model):
        staff = ForeignKeyField(Staff, on_delete='CASCADE')
        role = CharField(max_length=16)
        place = ForeignKeyField(Place, null=True, on_delete='RESTRICT')
        since = UtcField()
        until = UtcField(index=True, null=True)
        given_by = KeyField(max_length=32, default='')
        class Meta:
            database = db
            table_name = 'staff_grant'
    db.create_tables([StaffGrant])

    class StaffLink(Model):
        staff = ForeignKeyField(Staff, on_delete='CASCADE')
        digest = KeyField(unique=True, max_length=64)
        ends_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'staff_link'
    db.create_tables([StaffLink])

    class StaffSession(Model):
        staff = ForeignKeyField(Staff, on_delete='CASCADE')
        digest = KeyField(unique=True, max_length=64)
        device = CharField(max_length=64)
        address = KeyField(max_length=64)
        created_at = UtcField()
        seen_at = UtcField()
        ends_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'staff_session'
    db.create_tables([StaffSession])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('staff_session'))
    migrator.migrate(migrator.drop_table('staff_link'))
    migrator.migrate(migrator.drop_table('staff_grant'))
    migrator.migrate(migrator.drop_table('recovery_code'))
    migrator.migrate(migrator.drop_table('staff'))
    migrator.migrate(migrator.drop_table('audit_tail'))
    migrator.migrate(migrator.drop_table('audit_entry'))
