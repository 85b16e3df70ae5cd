"""Two members who are one person become one. Inside the caller's transaction, which holds both.

What can undo it (`snapshots`, `parting`) knows these tables too.
"""

from peewee import Field, Model

from backend.members import erasing
from backend.outbox import handing, leaving
from models.consents import Consent, ConsentReceipt
from models.followers import WechatIdentity
from models.heads import LaneHead
from models.members import Member, MemberInterest, MemberSkill, MemberState, Ward
from models.merges import MemberMerge
from models.rights import Look, RightsRequest

HERS: tuple[tuple[type[Model], Field], ...] = (
    (WechatIdentity, WechatIdentity.member),
    (ConsentReceipt, ConsentReceipt.member),
    (RightsRequest, RightsRequest.member),
    (Look, Look.member),
    (LaneHead, LaneHead.member),
    (Ward, Ward.guardian),
)
"""What both have side by side."""

ONCE: tuple[tuple[type[Model], Field, Field], ...] = (
    (MemberSkill, MemberSkill.member, MemberSkill.skill),
    (MemberInterest, MemberInterest.member, MemberInterest.topic),
    (Consent, Consent.member, Consent.purpose),
)
"""What a member has once of each kind."""


def merge(keep: int, gone: int) -> None:
    """What `keep` says of herself stays; what only `gone` has is added. Who restricted us once has restricted us."""
    # Only the last merge can be undone: what an earlier one brought is told from nothing now.
    MemberMerge.delete().where(MemberMerge.kept.in_((keep, gone))).execute()
    for model, owner in HERS:
        model.update({owner: keep}).where(owner == gone).execute()
    for model, owner, kind in ONCE:
        _add_missing(model, owner, kind, keep, gone)
    handing.hand_over(gone, keep)
    leaving.tell_once(keep)
    left = Member.get_by_id(gone)
    erasing.erase(gone)
    _bring(keep, left)
    if Member.get_by_id(keep).state is MemberState.RESTRICTED:
        leaving.withhold(keep)


def _bring(keep: int, left: Member) -> None:
    change: dict[str, object] = {}
    if brings_number(Member.get_by_id(keep), left):
        change = {name: getattr(left, name) for name in ("phone", "phone_digest", "phone_proof", "phone_proved_at")}
    if left.state is MemberState.RESTRICTED:
        change["state"] = MemberState.RESTRICTED
    if change:
        Member.update(change).where(Member.id == keep).execute()


def brings_number(keep: Member, gone: Member) -> bool:
    """The number that was proved last stays."""
    proved = gone.phone_proved_at
    return proved is not None and (keep.phone_proved_at is None or keep.phone_proved_at < proved)


def _add_missing(model: type[Model], owner: Field, kind: Field, keep: int, gone: int) -> None:
    # Read first, because MariaDB does not let an UPDATE read its own table.
    known = [getattr(row, kind.name) for row in model.select(kind).where(owner == keep)]
    model.update({owner: keep}).where(owner == gone, kind.not_in(known)).execute()
    model.delete().where(owner == gone).execute()
