"""That something was asked and done, with a number she can refer to. Inside the caller's transaction."""

from backend import clock
from backend.consents.actions import receipt_number
from models.rights import RightKind, RightsRequest, Why


def enter(member_id: int | None, kind: RightKind, why: Why = Why.ASKED, detail: str = "") -> str:
    """Answers the number. `detail` names fields, and never says what stands in them."""
    number = receipt_number("Q")
    RightsRequest.create(number=number, member=member_id, kind=kind, why=why, detail=detail[:128], made_at=clock.now())
    return number
