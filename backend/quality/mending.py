"""The clicks that mend what is missing: she is asked for it, or a WeChat that nobody hears any more is let go."""

from collections.abc import Iterable
from datetime import timedelta

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict
from backend.followers import actions as followers
from backend.members import actions as members
from backend.members import queries
from backend.outbox.actions import Outbox
from backend.outbox.messages import Message, Source
from backend.permissions import EVERYWHERE, Action, Actor, Scope, refused
from backend.places.scopes import ids_within
from backend.quality import findings, phrases
from backend.quality.findings import Missing
from backend.reception import counts
from backend.sessions import actions as sessions
from backend.storage.database import in_transaction
from models.deliveries import Channel, DeliverySource, Priority
from models.members import Member

_MEND = Action.MEND_DATA
_TYPE = "quality"
_VALID = timedelta(days=7)
_LADDER = (Channel.SUBSCRIBE, Channel.TEMPLATE, Channel.CUSTOM, Channel.INBOX)
_ONLY = "她只剩这一个微信，去掉就再也进不来了。可以打电话请她重新关注。"


def ask(actor: Actor, outbox: Outbox, audit: Audit, missing: Missing) -> int:
    """Ask those inside the scope, once a month at most, who agree to notices; answers how many are asked now."""
    scope = actor.scope(_MEND)
    if missing is Missing.PLACE and not scope.everywhere:
        raise refused(_MEND)

    def work() -> int:
        asked = sum(_ask(outbox, missing, code) for code in _areas(scope, missing))
        audit.record(actor, _MEND, Subject("member"), what=f"asked_for_{missing.value}", people=asked)
        return asked

    return in_transaction(work)


def _areas(scope: Scope, missing: Missing) -> Iterable[str]:
    """Each is asked as a whole, so that two of the staff whose scopes overlap do not ask the same people."""
    if missing is Missing.PLACE:
        return [EVERYWHERE]
    return [place.code for place in counts.areas_of(scope)]


def _ask(outbox: Outbox, missing: Missing, code: str) -> int:
    month = f"{clock.beijing(clock.now()):%Y%m}"
    source = Source(
        type=_TYPE,
        ref=f"{month}.{code}",
        step=missing.value,
        kind="account",
        message=Message(phrases.ASKED[missing], fields={"title": "您的社区账号", "note": phrases.NOTES[missing]}),
        ladder=_LADDER,
        priority=Priority.BROADCAST,
        expires_at=clock.now() + _VALID,
    )
    whom = queries.to_be_told().where(findings.lacking(missing))
    if code:
        whom = whom.where(Member.place.in_(ids_within(Scope(frozenset({code})))))
    named = (DeliverySource.type == _TYPE) & (DeliverySource.ref == source.ref) & (DeliverySource.step == source.step)
    if DeliverySource.select().where(named).exists() or not whom.exists():
        return 0
    return int(DeliverySource.get_by_id(outbox.put_all(source, members=whom)).audience)


def let_go(actor: Actor, audit: Audit, identity_id: int) -> None:
    """A WeChat the platform does not write to is hers no more. Raises NotFound, Conflict when it is the only one she
    has."""

    def work() -> None:
        member_id, code = findings.one_unreachable(actor, identity_id)
        members.take(member_id)
        findings.one_unreachable(actor, identity_id)  # she may just have written with it
        if len(queries.identities(member_id)) < 2:
            raise Conflict("only_identity", _ONLY)
        sessions.end_all([identity_id])
        followers.unlink(identity_id)
        audit.record(actor, _MEND, Subject("member", str(member_id), code), what="identity_let_go")

    in_transaction(work)
