"""What she sees of herself at each visit. Asked all day, so it is two statements written by hand: building them with
peewee costs several times what running them does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.members.queries import NAME, PHONE, UNIT, Person, SkillView
from backend.privacy.cipher import FieldCipher
from backend.storage.dialects import moment, run
from models.consents import Purpose
from models.members import MemberState, PhoneProof


@dataclass(frozen=True, slots=True)
class Profile:
    """`due`: the consents whose text has changed since she gave them."""

    person: Person
    skills: list[SkillView]
    topics: list[str]
    due: list[Purpose]


_PERSON = (
    "SELECT m.state, m.name, m.phone, m.phone_proof, p.code, p.name, m.unit, m.joined_at, m.changed_at "
    "FROM member m LEFT JOIN place p ON p.id = m.place_id WHERE m.id = ?"
)
_TOLD = (
    "SELECT 's', skill, until FROM member_skill WHERE member_id = ? "
    "UNION ALL SELECT 't', topic, NULL FROM member_interest WHERE member_id = ? "
    "UNION ALL SELECT 'c', c.purpose, NULL FROM consent c WHERE c.member_id = ? AND c.version < "
    "(SELECT MAX(t.version) FROM consent_text t WHERE t.purpose = c.purpose AND t.asks_again)"
)


def profile(cipher: FieldCipher, member_id: int) -> Profile | None:
    """None when she is no member any more."""
    row = run(_PERSON, member_id).fetchone()
    if row is None:
        return None
    told: list[Any] = sorted(run(_TOLD, member_id, member_id, member_id).fetchall(), key=lambda each: each[1])
    return Profile(
        _person(cipher, member_id, row),
        [SkillView(code, _moment(until)) for kind, code, until in told if kind == "s"],
        [code for kind, code, _ in told if kind == "t"],
        [Purpose(code) for kind, code, _ in told if kind == "c"],
    )


def _person(cipher: FieldCipher, member_id: int, row: Any) -> Person:
    return Person(
        id=member_id,
        state=MemberState(row[0]),
        name=cipher.decrypt(row[1], NAME) if row[1] else "",
        phone=cipher.decrypt(row[2], PHONE) if row[2] else "",
        phone_proof=PhoneProof(row[3]) if row[3] else None,
        place_code=row[4] or "",
        place_name=row[5] or "",
        unit=cipher.decrypt(row[6], UNIT) if row[6] else "",
        joined_at=_moment(row[7]),
        changed_at=moment(row[8]),
    )


def _moment(value: object) -> datetime:
    found = moment(value)
    assert found is not None
    return found
