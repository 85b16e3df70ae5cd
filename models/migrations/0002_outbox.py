# Generated from a schema diff on 2026-11-21 18:36.
from peewee import *
from models.base import KeyField
from models.base import UtcField

def up(migrator, db):
    class WechatAccount(Model):
        class Meta:
            database = db
            table_name = 'wechat_account'

    class WechatIdentity(Model):
        class Meta:
            database = db
            table_name = 'wechat_identity'

    class DeliverySource(Model):
        type = KeyField(max_length=32)
        ref = KeyField(max_length=64)
        step = KeyField(max_length=32)
        kind = KeyField(max_length=32)
        message = TextField()
        ladder = CharField(max_length=64)
        manners = CharField(max_length=64)
        priority = SmallIntegerField()
        expires_at = UtcField()
        state = CharField(max_length=16, default='running')
        why = KeyField(max_length=64, default='')
        audience = IntegerField(default=0)
        created_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'delivery_source'
            indexes = ((('type', 'ref', 'step'), True),)
    db.create_tables([DeliverySource])

    class Member(Model):
        joined_at = UtcField()
        class Meta:
            database = db
            table_name = 'member'
    db.create_tables([Member])

    class Delivery(Model):
        id = BigAutoField()
        source = ForeignKeyField(DeliverySource, on_delete='RESTRICT', index=False)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        follower = ForeignKeyField(WechatIdentity, null=True, on_delete='SET NULL')
        state = CharField(max_length=16, default='pending')
        channel = CharField(null=True, max_length=16)
        attempts = SmallIntegerField(default=0)
        refused = SmallIntegerField(default=0)
        due_at = UtcField(null=True)
        intended_at = UtcField(null=True)
        settled_at = UtcField(null=True)
        platform_id = KeyField(max_length=64, default='')
        reason = KeyField(max_length=32, default='')
        data = TextField(null=True)
        class Meta:
            database = db
            table_name = 'delivery'
            indexes = ((('source', 'member'), True), (('source', 'follower'), True))
    db.create_tables([Delivery])
    if isinstance(db, PostgresqlDatabase):
        # Each row is rewritten three times in place: with room for it on its page no index has to be touched.
        db.execute_sql('ALTER TABLE delivery SET (fillfactor = 50)')

    class DeliveryBlock(Model):
        source = ForeignKeyField(DeliverySource, on_delete='CASCADE', index=False)
        lane = IntegerField(index=True)
        priority = SmallIntegerField()
        due_at = UtcField()
        mass = SmallIntegerField(default=0)
        waiting = IntegerField()
        class Meta:
            database = db
            table_name = 'delivery_block'
            indexes = ((('source', 'lane', 'mass'), True), (('priority', 'due_at'), False))
    db.create_tables([DeliveryBlock])

    class DeliveryWorker(Model):
        name = CharField(max_length=64)
        beat = BigIntegerField(default=0)
        mark = KeyField(max_length=32)
        started_at = UtcField()
        seen_at = UtcField()
        in_flight = IntegerField(default=0)
        accepted = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'delivery_worker'
    db.create_tables([DeliveryWorker])

    class DeliveryLane(Model):
        number = IntegerField(unique=True)
        holder = ForeignKeyField(DeliveryWorker, null=True, on_delete='SET NULL')
        class Meta:
            database = db
            table_name = 'delivery_lane'
    db.create_tables([DeliveryLane])

    class DeliveryTally(Model):
        source = ForeignKeyField(DeliverySource, on_delete='CASCADE', index=False)
        state = CharField(max_length=16)
        channel = KeyField(max_length=16)
        reason = KeyField(max_length=32)
        count = IntegerField()
        class Meta:
            database = db
            table_name = 'delivery_tally'
            indexes = ((('source', 'state', 'channel', 'reason'), True),)
    db.create_tables([DeliveryTally])

    class JobRun(Model):
        name = KeyField(max_length=32)
        day = KeyField(max_length=10)
        runs = IntegerField(default=0)
        done = IntegerField(default=0)
        failures = IntegerField(default=0)
        seconds = DoubleField(default=0.0)
        started_at = UtcField()
        ended_at = UtcField(null=True)
        error = CharField(max_length=128, default='')
        class Meta:
            database = db
            table_name = 'job_run'
            indexes = ((('name', 'day'), True),)
    db.create_tables([JobRun])

    class MessageTemplate(Model):
        account = ForeignKeyField(WechatAccount, on_delete='CASCADE', index=False)
        channel = CharField(max_length=16)
        kind = KeyField(max_length=32)
        template_id = KeyField(max_length=64)
        term = CharField(max_length=16)
        fields = TextField()
        changed_at = UtcField()
        class Meta:
            database = db
            table_name = 'message_template'
            indexes = ((('account', 'channel', 'kind'), True),)
    db.create_tables([MessageTemplate])

    class SubscriptionCredit(Model):
        follower = ForeignKeyField(WechatIdentity, on_delete='CASCADE', index=False)
        template_id = KeyField(max_length=64)
        left = IntegerField(default=0)
        lasting = IntegerField(default=0)
        changed_at = UtcField()
        class Meta:
            database = db
            table_name = 'subscription_credit'
            indexes = ((('follower', 'template_id'), True),)
    db.create_tables([SubscriptionCredit])

    migrator.migrate(migrator.add_column('wechat_identity', 'member_id', ForeignKeyField(Member, field=Member.id, null=True, on_delete='SET NULL')))
    migrator.migrate(migrator.add_column('wechat_identity', 'last_message_at', UtcField(null=True)))
    migrator.migrate(migrator.add_column('wechat_identity', 'muted_until', UtcField(null=True)))
    migrator.migrate(migrator.add_column('wechat_identity', 'refused_at', UtcField(null=True)))
    migrator.migrate(migrator.add_column('wechat_identity', 'refused', IntegerField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('wechat_identity', 'wechat_identity_member_id'))
    migrator.migrate(migrator.drop_column('wechat_identity', 'refused'))
    migrator.migrate(migrator.drop_column('wechat_identity', 'refused_at'))
    migrator.migrate(migrator.drop_column('wechat_identity', 'muted_until'))
    migrator.migrate(migrator.drop_column('wechat_identity', 'last_message_at'))
    migrator.migrate(migrator.drop_column('wechat_identity', 'member_id'))
    migrator.migrate(migrator.drop_table('subscription_credit'))
    migrator.migrate(migrator.drop_table('message_template'))
    migrator.migrate(migrator.drop_table('job_run'))
    migrator.migrate(migrator.drop_table('delivery_tally'))
    migrator.migrate(migrator.drop_table('delivery_lane'))
    migrator.migrate(migrator.drop_table('delivery_worker'))
    migrator.migrate(migrator.drop_table('delivery_block'))
    migrator.migrate(migrator.drop_table('delivery'))
    migrator.migrate(migrator.drop_table('member'))
    migrator.migrate(migrator.drop_table('delivery_source'))
