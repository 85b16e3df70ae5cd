"""What the clock started and how it ended: one row for each job and day."""

from peewee import CharField, DoubleField, IntegerField

from models.base import KeyField, Table, UtcField


class JobRun(Table):
    """`day` is Beijing's. The moments and the error are those of the last run; `ended_at` is missing while it runs."""

    name = KeyField(max_length=32)
    day = KeyField(max_length=10)
    runs = IntegerField(default=0)
    done = IntegerField(default=0)
    failures = IntegerField(default=0)
    seconds = DoubleField(default=0.0)
    started_at = UtcField()
    ended_at = UtcField(null=True)
    error = CharField(max_length=128, default="")

    class Meta:
        indexes = ((("name", "day"), True),)
