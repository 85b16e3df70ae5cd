# Generated from a schema diff on 2026-11-21 19:42.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class DeliverySource(Model):
        class Meta:
            database = db
            table_name = 'delivery_source'

    class WechatAccount(Model):
        class Meta:
            database = db
            table_name = 'wechat_account'

    class MassJob(Model):
        source = ForeignKeyField(DeliverySource, on_delete='CASCADE')
        account = ForeignKeyField(WechatAccount, on_delete='CASCADE', index=False)
        key = KeyField(unique=True, max_length=32)
        msg_id = KeyField(max_length=64, default='')
        people = IntegerField()
        called_at = UtcField()
        finished_at = UtcField(null=True)
        status = KeyField(max_length=64, default='')
        sent = IntegerField(default=0)
        filtered = IntegerField(default=0)
        failed = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'mass_job'
            indexes = ((('account', 'msg_id'), False),)
    db.create_tables([MassJob])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('mass_job'))
