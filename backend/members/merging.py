"""Two members who are one person become one. Inside the caller's transaction, which holds both."""

from peewee import Field, Model

from backend.members import erasing
from backend.outbox import handing, leaving
from models.consents import Consent, ConsentReceipt
from models.followers import WechatIdentity
from models.heads import LaneHead
from models.members import Member, MemberInterest, MemberSkill, MemberState, Ward
from models.rights import Look, RightsRequest

_HERS: tuple[tuple[type[Model], Field], ...] = (
    (WechatIdentity, WechatIdentity.member),
    (ConsentReceipt, ConsentReceipt.member),
    (RightsRequest, RightsRequest.member),
    (Look, Look.member),
    (LaneHead, LaneHead.member),
    (Ward, Ward.guardian),
)
"""What both have side by side."""

_ONCE: tuple[tuple[type[Model], Field, Field], ...] = (
    (MemberSkill, MemberSkill.member, MemberSkill.skill),
    (MemberInterest, MemberInterest.member, MemberInterest.topic),
    (Consent, Consent.member, Consent.purpose),
)
"""What a member has once of each kind."""


def merge(keep: int, gone: int) -> None:
    """What `keep` says of herself stays; what only `gone` has is added. Who restricted us once has restricted us."""
    for model, owner in _HERS:
        model.update({owner: keep}).where(owner == gone).execute()
    for model, owner, kind in _ONCE:
        _add_missing(model, owner, kind, keep, gone)
    handing.hand_over(gone, keep)
    leaving.tell_once(keep)
    left = Member.get_by_id(gone)
    erasing.erase(gone)
    _bring(keep, left)
    if Member.get_by_id(keep).state is MemberState.RESTRICTED:
        leaving.withhold(keep)


def _bring(keep: int, left: Member) -> None:
    """The number that was proved last."""
    mine = Member.get_by_id(keep)
    change: dict[str, object] = {}
    proved = left.phone_proved_at
    if proved is not None and (mine.phone_proved_at is None or mine.phone_proved_at < proved):
        change = {name: getattr(left, name) for name in ("phone", "phone_digest", "phone_proof", "phone_proved_at")}
    if left.state is MemberState.RESTRICTED:
        change["state"] = MemberState.RESTRICTED
    if change:
        Member.update(change).where(Member.id == keep).execute()


def _add_missing(model: type[Model], owner: Field, kind: Field, keep: int, gone: int) -> None:
    # Read first, because MariaDB does not let an UPDATE read its own table.
    known = [getattr(row, kind.name) for row in model.select(kind).where(owner == keep)]
    model.update({owner: keep}).where(owner == gone, kind.not_in(known)).execute()
    model.delete().where(owner == gone).execute()
