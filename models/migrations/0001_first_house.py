# Generated from a schema diff on 2026-11-21 09:53.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class WechatAccount(Model):
        app_id = KeyField(unique=True, max_length=64)
        kind = CharField(max_length=16)
        name = CharField(max_length=64)
        app_secret = TextField()
        token = TextField()
        aes_key = TextField()
        previous_aes_key = TextField(null=True)
        active = BooleanField(default=True)
        changed_at = UtcField()
        class Meta:
            database = db
            table_name = 'wechat_account'
    db.create_tables([WechatAccount])

    class FollowEvent(Model):
        account = ForeignKeyField(WechatAccount, on_delete='RESTRICT')
        state = CharField(max_length=16)
        scene = CharField(max_length=64, default='')
        happened_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'follow_event'
    db.create_tables([FollowEvent])

    class Place(Model):
        code = KeyField(unique=True, max_length=32)
        name = CharField(max_length=64)
        level = CharField(index=True, max_length=16)
        parent = ForeignKeyField('self', null=True, on_delete='RESTRICT')
        latitude = DoubleField(null=True)
        longitude = DoubleField(null=True)
        changed_at = UtcField()
        class Meta:
            database = db
            table_name = 'place'
    db.create_tables([Place])

    class Receipt(Model):
        digest = KeyField(unique=True, max_length=64)
        answer = TextField(default='')
        received_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'receipt'
    db.create_tables([Receipt])

    class WechatIdentity(Model):
        account = ForeignKeyField(WechatAccount, index=False, on_delete='RESTRICT')
        openid = KeyField(max_length=64)
        unionid = KeyField(index=True, null=True, max_length=64)
        follow_state = CharField(max_length=16, default='stranger')
        follow_changed_at = UtcField(index=True, null=True)
        place = ForeignKeyField(Place, null=True, on_delete='SET NULL')
        last_interaction_at = UtcField(null=True)
        last_interaction = CharField(null=True, max_length=16)
        created_at = UtcField()
        class Meta:
            database = db
            table_name = 'wechat_identity'
            indexes = ((('account', 'openid'), True),)
    db.create_tables([WechatIdentity])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('wechat_identity'))
    migrator.migrate(migrator.drop_table('receipt'))
    migrator.migrate(migrator.drop_table('place'))
    migrator.migrate(migrator.drop_table('follow_event'))
    migrator.migrate(migrator.drop_table('wechat_account'))
