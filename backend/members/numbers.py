"""Whose a mobile number is: who proved it last, whether whoever proves it now is the same, and how it changes hands."""

from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.errors import Conflict
from backend.members import phrases, rules, words
from backend.members.queries import NAME
from backend.members.rules import Proof, Whose
from backend.members.search import phone_digest
from backend.outbox.actions import Outbox
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.storage.database import in_transaction
from backend.storage.dialects import moment
from backend.storage.statements import lock
from models.members import Member


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has a number, and when she last proved that she has."""

    id: int
    name: str
    proved_at: datetime | None


_HOLDER = "SELECT id, name, phone_proved_at FROM member WHERE phone_digest = ?"


class Numbers:
    """Each verb inside the caller's transaction."""

    def __init__(self, cipher: FieldCipher, lookups: Lookups, outbox: Outbox) -> None:
        self._cipher, self._lookups, self._outbox = cipher, lookups, outbox

    def holder(self, proof: Proof) -> Holder | None:
        """Whoever has the number, with her row's lock: at this moment she may be leaving, or somebody else joining."""
        row = lock(_HOLDER, phone_digest(self._lookups, proof.number)).fetchone()
        return None if row is None else Holder(row[0], self._cipher.decrypt(row[1], NAME), moment(row[2]))

    def whose(self, standing: Holder, name: str, proof: Proof, new_number: bool) -> Whose:
        if new_number:
            return Whose.TAKEN  # she says so herself, and names are shared by many
        return rules.whose(standing.name, standing.proved_at, name, clock.now(), proof)

    def release(self, standing: Holder, new_number: bool) -> None:
        """It is somebody else's now. Whoever had it keeps everything else, and is told."""
        if not new_number:
            raise Conflict("phone_taken", phrases.TAKEN)
        words.tell(self._outbox, standing.id, "number_gone", words.now_and_then(standing.id), phrases.NUMBER_GONE)
        drop(standing.id)


def drop(member_id: int) -> None:
    """The number is hers no more, or she does not want it to be known."""
    gone = dict.fromkeys(("phone", "phone_digest", "phone_proof", "phone_proved_at"))
    in_transaction(lambda: Member.update(gone).where(Member.id == member_id).execute())
