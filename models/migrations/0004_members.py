# Generated from a schema diff on 2026-11-22 08:07.
from peewee import *
from models.base import KeyField
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

    class WechatIdentity(Model):
        class Meta:
            database = db
            table_name = 'wechat_identity'

    class Consent(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        purpose = CharField(max_length=16)
        version = IntegerField()
        given_at = UtcField()
        class Meta:
            database = db
            table_name = 'consent'
            indexes = ((('member', 'purpose'), True), (('purpose', 'version', 'member'), False))
    db.create_tables([Consent])

    class ConsentReceipt(Model):
        number = KeyField(unique=True, max_length=24)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        purpose = CharField(max_length=16)
        version = IntegerField()
        given = BooleanField()
        through = CharField(max_length=16)
        happened_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'consent_receipt'
    db.create_tables([ConsentReceipt])

    class ConsentText(Model):
        purpose = CharField(max_length=16)
        version = IntegerField()
        title = CharField(max_length=64)
        body = TextField()
        asks_again = BooleanField(default=True)
        published_at = UtcField()
        class Meta:
            database = db
            table_name = 'consent_text'
            indexes = ((('purpose', 'version'), True),)
    db.create_tables([ConsentText])

    class Look(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE')
        role = CharField(max_length=32)
        unit = CharField(max_length=64)
        viewer = KeyField(max_length=64)
        fields = CharField(max_length=128)
        reason = CharField(max_length=128)
        looked_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'look'
    db.create_tables([Look])

    class MemberInterest(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        topic = KeyField(max_length=32)
        class Meta:
            database = db
            table_name = 'member_interest'
            indexes = ((('member', 'topic'), True), (('topic', 'member'), False))
    db.create_tables([MemberInterest])

    class MemberSkill(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        skill = KeyField(max_length=32)
        until = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'member_skill'
            indexes = ((('member', 'skill'), True),)
    db.create_tables([MemberSkill])

    class NameToken(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE')
        token = BigIntegerField()
        class Meta:
            database = db
            table_name = 'name_token'
            indexes = ((('token', 'member'), True),)
    db.create_tables([NameToken])

    class PhoneConfirmation(Model):
        digest = KeyField(unique=True, max_length=64)
        by = KeyField(max_length=64)
        made_at = UtcField()
        ends_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'phone_confirmation'
    db.create_tables([PhoneConfirmation])

    class RightsRequest(Model):
        number = KeyField(unique=True, max_length=24)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        kind = CharField(max_length=16)
        why = CharField(max_length=16, default='asked')
        detail = CharField(max_length=128, default='')
        made_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'rights_request'
    db.create_tables([RightsRequest])

    class Session(Model):
        identity = ForeignKeyField(WechatIdentity, on_delete='CASCADE')
        token_digest = KeyField(unique=True, max_length=64)
        refresh_digest = KeyField(unique=True, max_length=64)
        former_digest = KeyField(unique=True, null=True, max_length=64)
        device = CharField(max_length=64)
        created_at = UtcField()
        seen_at = UtcField()
        expires_at = UtcField()
        ends_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'session'
    db.create_tables([Session])

    class Ward(Model):
        guardian = ForeignKeyField(Member, on_delete='CASCADE')
        name = TextField()
        fourteen_at = UtcField(index=True)
        created_at = UtcField()
        class Meta:
            database = db
            table_name = 'ward'
    db.create_tables([Ward])

    migrator.migrate(migrator.add_column('member', 'state', CharField(max_length=16, default='active')))
    migrator.migrate(migrator.add_column('member', 'name', TextField(default='')))
    migrator.migrate(migrator.add_column('member', 'phone', TextField(null=True)))
    migrator.migrate(migrator.add_column('member', 'phone_digest', KeyField(unique=True, null=True, max_length=64)))
    migrator.migrate(migrator.add_column('member', 'phone_proof', CharField(null=True, max_length=16)))
    migrator.migrate(migrator.add_column('member', 'phone_proved_at', UtcField(null=True)))
    migrator.migrate(migrator.add_column('member', 'place_id', ForeignKeyField(Place, field=Place.id, null=True, on_delete='SET NULL')))
    migrator.migrate(migrator.add_column('member', 'unit', TextField(null=True)))
    migrator.migrate(migrator.add_column('member', 'changed_at', UtcField(null=True)))
    migrator.migrate(migrator.add_column('member', 'seen_at', UtcField(index=True, null=True)))
    migrator.migrate(migrator.add_column('member', 'told_at', UtcField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('member', 'member_seen_at'))
    migrator.migrate(migrator.drop_index('member', 'member_place_id'))
    migrator.migrate(migrator.drop_index('member', 'member_phone_digest'))
    migrator.migrate(migrator.drop_column('member', 'told_at'))
    migrator.migrate(migrator.drop_column('member', 'seen_at'))
    migrator.migrate(migrator.drop_column('member', 'changed_at'))
    migrator.migrate(migrator.drop_column('member', 'unit'))
    migrator.migrate(migrator.drop_column('member', 'place_id'))
    migrator.migrate(migrator.drop_column('member', 'phone_proved_at'))
    migrator.migrate(migrator.drop_column('member', 'phone_proof'))
    migrator.migrate(migrator.drop_column('member', 'phone_digest'))
    migrator.migrate(migrator.drop_column('member', 'phone'))
    migrator.migrate(migrator.drop_column('member', 'name'))
    migrator.migrate(migrator.drop_column('member', 'state'))
    migrator.migrate(migrator.drop_table('ward'))
    migrator.migrate(migrator.drop_table('session'))
    migrator.migrate(migrator.drop_table('rights_request'))
    migrator.migrate(migrator.drop_table('phone_confirmation'))
    migrator.migrate(migrator.drop_table('name_token'))
    migrator.migrate(migrator.drop_table('member_skill'))
    migrator.migrate(migrator.drop_table('member_interest'))
    migrator.migrate(migrator.drop_table('look'))
    migrator.migrate(migrator.drop_table('consent_text'))
    migrator.migrate(migrator.drop_table('consent_receipt'))
    migrator.migrate(migrator.drop_table('consent'))
