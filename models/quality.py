"""How good the data is, week by week: counts of each community, and nothing of a person."""

from peewee import IntegerField

from models.base import KeyField, Table

WEEKS = 104


class QualityWeek(Table):
    """As it was when the week was counted last. `week` is its Monday in Beijing, `code` the community's; "" stands for
    those who have no place, of whom only `members` is counted. Kept for two years."""

    code = KeyField(max_length=32)
    week = KeyField(max_length=10, index=True)
    members = IntegerField(default=0)
    notices = IntegerField(default=0)
    heads = IntegerField(default=0)
    lanes = IntegerField(default=0)
    headless = IntegerField(default=0)  # lanes without a head
    doubles = IntegerField(default=0)  # pairs nobody has looked at
    numberless = IntegerField(default=0)  # members without a telephone number
    unreachable = IntegerField(default=0)  # WeChats of members that the platform does not write to

    class Meta:
        table_name = "quality_week"
        indexes = ((("code", "week"), True),)
