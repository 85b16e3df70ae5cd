# Generated from a schema diff on 2026-11-30 23:03.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class Place(Model):
        class Meta:
            database = db
            table_name = 'place'

    class WechatAccount(Model):
        class Meta:
            database = db
            table_name = 'wechat_account'

    class PlaceSign(Model):
        account = ForeignKeyField(WechatAccount, on_delete='CASCADE', index=False)
        place = ForeignKeyField(Place, on_delete='CASCADE')
        url = KeyField(max_length=256)
        made_at = UtcField()
        class Meta:
            database = db
            table_name = 'place_sign'
            indexes = ((('account', 'place'), True),)
    db.create_tables([PlaceSign])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('place_sign'))
