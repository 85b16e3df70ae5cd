"""What a column says of itself beyond its type: that it holds ciphertext, and how long it holds something of a person.

`backend/privacy` reads the marks: the rotation of keys every sealed column, retention every lifetime.
"""

from dataclasses import dataclass
from typing import TypeVar

from peewee import Field

F = TypeVar("F", bound=Field)


@dataclass(frozen=True)
class Lifetime:
    """`title` is what she is told. `job` enforces it: a name of jobs/timetable.py. Of the job "retention" a row goes
    `days` after the moment in its column `since`; the other jobs know for themselves."""

    title: str
    job: str
    since: str = ""
    days: int = 0


WITH_FOLLOW = Lifetime("取消关注时删除，没有关注的半年不来就删除；编号再留一天", "tombstones")
WITH_MEMBERSHIP = Lifetime("注销时马上删除；三年没有来过，也会删除", "dormant")
AS_TOLD = Lifetime("半年", "deliveries")
AS_ANSWERED = Lifetime("一天", "receipts")


def kept(days: int, since: str, title: str) -> Lifetime:
    """The whole row, so many days from the moment in its column `since`."""
    return Lifetime(title, "retention", since, days)


def personal(field: F, lifetime: Lifetime) -> F:
    """Something of a person, and until when."""
    field.lifetime = lifetime  # type: ignore[attr-defined]
    return field


def sealed(field: F, purpose: str) -> F:
    """Holds ciphertext of `backend.privacy.cipher`, bound to this purpose."""
    field.purpose = purpose  # type: ignore[attr-defined]
    return field


def lifetime_of(field: Field) -> Lifetime | None:
    """None for what says nothing of a person."""
    found: Lifetime | None = getattr(field, "lifetime", None)
    return found


def is_sealed(field: Field) -> bool:
    return hasattr(field, "purpose")


def purpose_of(field: Field) -> str:
    """What a sealed column is encrypted for: whoever encrypts asks here."""
    purpose: str = field.purpose  # type: ignore[attr-defined]
    return purpose
