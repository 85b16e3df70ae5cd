"""How a member is written down: sealed, with the digests by which she is found. Inside the caller's transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from backend import clock
from backend.members import names, search
from backend.members.queries import NAME, PHONE, UNIT, WARD
from backend.members.rules import Application, Proof
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.storage.statements import insert_all, insert_unless_there
from models.members import Member, MemberInterest, MemberSkill, NameToken, Ward


class Rows:
    def __init__(self, cipher: FieldCipher, lookups: Lookups) -> None:
        self._cipher, self._lookups = cipher, lookups

    def new(self, told: Application, proof: Proof) -> int | None:
        """Answers the id; None when another has just become a member with this number."""
        now = clock.now()
        row = {
            "name": self._cipher.encrypt(told.name, NAME),
            "place": told.place_id,
            "unit": self.sealed_unit(told.unit),
            "joined_at": now,
            "changed_at": now,
            "seen_at": clock.start_of_day(now),
        }
        member_id = insert_unless_there(Member, {**row, **self.phone(proof)})
        if member_id is None:
            return None
        self._tokens(member_id, told.name)
        if told.skills:
            self.skills(member_id, told.skills)
        if told.topics:
            self.topics(member_id, told.topics)
        return member_id

    def phone(self, proof: Proof) -> dict[str, Any]:
        return {
            "phone": self._cipher.encrypt(proof.number, PHONE),
            "phone_digest": self.digest(proof.number),
            "phone_proof": proof.how,
            "phone_proved_at": clock.now(),
        }

    def digest(self, number: str) -> str:
        return search.phone_digest(self._lookups, number)

    def sealed_unit(self, unit: str) -> str | None:
        return self._cipher.encrypt(unit, UNIT) if unit else None

    def rename(self, member_id: int, name: str) -> None:
        Member.update(name=self._cipher.encrypt(name, NAME)).where(Member.id == member_id).execute()
        NameToken.delete().where(NameToken.member == member_id).execute()
        self._tokens(member_id, name)

    def _tokens(self, member_id: int, name: str) -> None:
        tokens = sorted(search.token(self._lookups, piece) for piece in names.pieces(name))
        insert_all(NameToken, [{"member": member_id, "token": token} for token in tokens])

    def skills(self, member_id: int, skills: Mapping[str, datetime]) -> None:
        MemberSkill.delete().where(MemberSkill.member == member_id).execute()
        rows = [{"member": member_id, "skill": skill, "until": until} for skill, until in sorted(skills.items())]
        if rows:
            MemberSkill.insert_many(rows).execute()

    def topics(self, member_id: int, topics: Collection[str]) -> None:
        MemberInterest.delete().where(MemberInterest.member == member_id).execute()
        if topics:
            MemberInterest.insert_many([{"member": member_id, "topic": topic} for topic in sorted(topics)]).execute()

    def ward(self, member_id: int, name: str, fourteen_at: datetime) -> int:
        row = {"guardian": member_id, "name": self._cipher.encrypt(name, WARD), "fourteen_at": fourteen_at}
        ward_id: int = Ward.insert({**row, "created_at": clock.now()}).execute()
        return ward_id
