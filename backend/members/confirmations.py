"""Numbers that staff have seen to be somebody's, for those whose phone cannot tell it: a code, once, face to face."""

import secrets
from datetime import timedelta

from backend import clock
from backend.errors import InvalidInput
from backend.members import phones
from backend.members.rules import Proof
from backend.privacy.lookups import Lookups
from backend.storage.database import in_transaction
from models.members import PhoneConfirmation, PhoneProof

VALID = timedelta(minutes=10)
DIGITS = 8
LONGEST_BY = 64
_SAME = "same"


class Confirmations:
    """What is stored is a digest of number and code together: neither can be read from it."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def make(self, number: str, by: str, same_person: bool = False) -> str:
        """The code to show her. `same_person`: staff have also seen that she is who registered with this number before.

        Raises InvalidInput when the number is none.
        """
        if not 2 <= len(by.strip()) <= LONGEST_BY:
            raise InvalidInput("by_missing", f"请写明是谁当面确认的，最多 {LONGEST_BY} 个字。")
        phone, code = phones.normal(number), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        now = clock.now()
        row = {
            "digest": self._digest(phone, code, same_person),
            "by": by.strip(),
            "made_at": now,
            "ends_at": now + VALID,
        }
        in_transaction(lambda: PhoneConfirmation.insert(row).execute())
        return code

    def use(self, number: str, code: str) -> Proof:
        """The proof; the code is spent with it. Inside the transaction of what it is for. Raises InvalidInput."""
        phone = phones.normal(number)
        for vouched in (False, True):
            mine = PhoneConfirmation.digest == self._digest(phone, code.strip(), vouched)
            if PhoneConfirmation.delete().where(mine, PhoneConfirmation.ends_at > clock.now()).execute():
                return Proof(phone, PhoneProof.FACE_TO_FACE, vouched)
        raise InvalidInput("confirmation_wrong", "手机号和确认码对不上，或者确认码已经过期，请让工作人员再出一个。")

    def _digest(self, phone: str, code: str, same_person: bool) -> str:
        return self._lookups.digest("confirmation", f"{phone} {code}{_SAME if same_person else ''}")
