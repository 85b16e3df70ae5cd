"""A member as staff see her on a list: recognised by who knows her already, and of no use to anybody else."""

import re
from dataclasses import dataclass
from datetime import datetime

from backend.members import names, phones
from backend.members.queries import Person

_NAME = re.compile(r".?\*\*", re.DOTALL)
_PHONE = re.compile(r"([+\d]{3}\*+\d{2})?")


@dataclass(frozen=True, slots=True)
class MaskedMember:
    """Cannot hold a name or a number in clear: it is not made of one."""

    id: int
    name: str
    phone: str  # "" while none is proved
    place_code: str
    place_name: str
    joined_at: datetime

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not _PHONE.fullmatch(self.phone):
            raise ValueError("in clear")


def masked(person: Person) -> MaskedMember:
    return MaskedMember(
        person.id,
        names.masked(person.name),
        phones.masked(person.phone) if person.phone else "",
        person.place_code,
        person.place_name,
        person.joined_at,
    )
