"""People who registered themselves."""

from models.base import Table, UtcField
from models.marks import WITH_MEMBERSHIP, personal


class Member(Table):
    """One person, however many identities she has. What she tells of herself joins her here."""

    joined_at = personal(UtcField(), WITH_MEMBERSHIP)
