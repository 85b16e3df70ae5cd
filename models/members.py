"""People who registered themselves."""

from models.base import Table, UtcField


class Member(Table):
    """One person, however many identities she has. What she tells of herself joins her here."""

    joined_at = UtcField()
