"""Who of the staff was shown what of somebody, and why: written as it is shown, read by her (DESIGN §6.6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.errors import InvalidInput
from backend.permissions import Action, Actor
from backend.privacy.cipher import FieldCipher
from backend.storage.database import in_transaction
from backend.storage.statements import insert_all
from models.marks import purpose_of
from models.members import Member
from models.places import Place
from models.rights import Look

LONGEST = 128
"""Characters of a reason; what is longer is cut."""

_REASON = purpose_of(Look.grounds)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: what she is told of them is the role and the unit; `account` is for audits."""

    role: str
    unit: str
    account: str


@dataclass(frozen=True, slots=True)
class LookView:
    id: int
    role: str
    unit: str
    fields: list[str]
    reason: str
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """For audits: `account` is the login. The reason is hers to read, and is not here."""

    account: str
    unit: str
    fields: list[str]
    looked_at: datetime


def record(cipher: FieldCipher, member_id: int, viewer: Viewer, fields: Collection[str], reason: str) -> None:
    """Before the fields are shown: what cannot be written down is not shown. Raises InvalidInput without a reason."""
    if len(reason.strip()) < 2:
        raise InvalidInput("reason_missing", "请写明为什么要看，本人会看到这条记录。")
    row = {"role": viewer.role, "unit": viewer.unit, "viewer": viewer.account}
    why = cipher.encrypt(reason.strip()[:LONGEST], _REASON)
    told = {"fields": ",".join(sorted(fields)), "grounds": why, "looked_at": clock.now()}
    in_transaction(lambda: Look.insert({"member": member_id, **row, **told}).execute())


def record_all(
    cipher: FieldCipher, member_ids: Sequence[int], viewer: Viewer, fields: Collection[str], reason: str
) -> None:
    """As `record`, of many who are shown together. Inside the caller's transaction."""
    row = {"role": viewer.role, "unit": viewer.unit, "viewer": viewer.account, "fields": ",".join(sorted(fields))}
    told, now = reason.strip()[:LONGEST], clock.now()
    each = ({"member": member, "grounds": cipher.encrypt(told, _REASON), "looked_at": now} for member in member_ids)
    insert_all(Look, [{**row, **hers} for hers in each])


def of(cipher: FieldCipher, member_id: int, before: int | None = None, limit: int = 50) -> list[LookView]:
    """The newest first, those before the one with this id."""
    mine = Look.member == member_id if before is None else (Look.member == member_id) & (Look.id < before)
    rows = Look.select().where(mine).order_by(Look.id.desc()).limit(limit)
    return [_view(cipher, row) for row in rows]


def seen(actor: Actor, member_id: int, limit: int = 50) -> list[Seen]:
    """Who saw her, one by one or in a sheet, the newest first: for whoever reads the audit where she lives; of nobody
    else there is nothing. Raises Forbidden."""
    scope = actor.scope(Action.READ_AUDIT)
    home = Member.select(Place.code).left_outer_join(Place).where(Member.id == member_id).scalar()
    if not scope.everywhere and (not home or home not in scope):
        return []
    rows = Look.select().where(Look.member == member_id).order_by(Look.id.desc()).limit(limit)
    return [Seen(row.viewer, row.unit, row.fields.split(","), row.looked_at) for row in rows]


def _view(cipher: FieldCipher, row: Look) -> LookView:
    reason = cipher.decrypt(row.grounds, _REASON) if row.grounds else ""
    return LookView(row.id, row.role, row.unit, row.fields.split(","), reason, row.looked_at)
