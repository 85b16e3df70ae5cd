# Generated from a schema diff on 2026-11-30 22:35.
from peewee import *
from models.base import KeyField
from models.base import KeyText
from models.base import UtcField

def up(migrator, db):
    class WechatAccount(Model):
        class Meta:
            database = db
            table_name = 'wechat_account'

    class ReplyBook(Model):
        account = ForeignKeyField(WechatAccount, on_delete='CASCADE', index=False)
        kind = CharField(max_length=16)
        version = IntegerField()
        content = KeyText()
        changed_by = KeyField(max_length=32)
        changed_at = UtcField()
        pushed_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'reply_book'
            indexes = ((('account', 'kind', 'version'), True),)
    db.create_tables([ReplyBook])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('reply_book'))
