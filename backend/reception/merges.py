"""Two registrations of one person become one, by the hand of staff; and two again within a week, if that was wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import IntegrityError

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.invitations import actions as invitations
from backend.invitations.queries import digest_of
from backend.members import names, phrases, snapshots, words
from backend.members.actions import Members
from backend.members.queries import Person
from backend.members.search import Search
from backend.members.snapshots import Snapshot
from backend.outbox import parting
from backend.outbox.actions import Outbox
from backend.permissions import Action, Actor
from backend.privacy.cipher import FieldCipher
from backend.reception import previews, visible
from backend.reception.previews import Preview
from backend.sessions import actions as sessions
from backend.staff import queries
from backend.storage.database import in_transaction
from models.merges import DAYS, Double, MemberMerge
from models.places import Place

_MERGE = Action.MERGE_MEMBERS
_OTHER_NAME = "两份资料的姓名不一样，不能合并。是同一个人的话，请她先在「我的资料」里把姓名改成一样的。"
_OWN = "这里面有您自己的登记，请让另一位同事来合并。"
_OVER = "这次合并已经不能撤销：过了七天，或者之后又合并过、注销了。"


@dataclass(frozen=True, slots=True)
class Undoable:
    keep: int
    gone: int
    merged_at: datetime
    until: datetime


class Merges:
    def __init__(self, cipher: FieldCipher, search: Search, members: Members, outbox: Outbox, audit: Audit) -> None:
        self._cipher, self._search, self._members = cipher, search, members
        self._outbox, self._audit = outbox, audit

    def preview(self, actor: Actor, one: int, other: int) -> Preview:
        """Raises NotFound, Forbidden where the actor may not merge both, InvalidInput for one and the same, Conflict
        for two names: whoever is joined reads what the other told, so staff do not join whom they like."""
        keep, gone = self._pair(actor, one, other, visible.find)
        places = (keep.place_code, gone.place_code)
        return previews.of(keep, gone, all(actor.may(Action.SEE_CONTACTS, place) for place in places))

    def merge(self, actor: Actor, one: int, other: int) -> int:
        """Answers the number of the one who stays, the older; raises as `preview`."""
        return in_transaction(lambda: self._merge(actor, one, other))

    def _merge(self, actor: Actor, one: int, other: int) -> int:
        keep, gone = self._pair(actor, one, other, visible.held)
        older, younger = (snapshots.take(self._cipher, each.id) for each in (keep, gone))
        former = [digest_of(each.id) for each in (keep, gone)]
        self._members.unite(keep.id, gone.id)
        for digest in former:  # of two numbers one stays
            invitations.forget_number(digest)
        for half in (older, younger):
            parting.note_ends(half.put, keep.id)
        snapshot = Snapshot(older, younger, after=snapshots.held(keep.id))
        row = {"kept": keep.id, "gone": gone.id, "snapshot": snapshots.seal(self._cipher, snapshot)}
        MemberMerge.insert({**row, "merged_at": clock.now()}).execute()
        told = phrases.MERGED_BY_STAFF.format(unit=actor.unit)
        words.tell(self._outbox, keep.id, "merged_by_staff", words.now_and_then(keep.id), told)
        self._audit.record(actor, _MERGE, Subject("member", str(keep.id), keep.place_code), gone=gone.id, step="merged")
        return keep.id

    def _pair(self, actor: Actor, one: int, other: int, look: Callable[..., Person]) -> tuple[Person, Person]:
        """The older first, and held in that order."""
        if one == other:
            raise InvalidInput("one_member", "请选两份不同的资料。")
        keep, gone = (look(self._search, actor, each, _MERGE) for each in sorted((one, other)))
        if not names.same(keep.name, gone.name):
            raise Conflict("other_name", _OTHER_NAME)
        if queries.member_of(actor.staff_id) in (keep.id, gone.id):
            raise Forbidden("own_registration", _OWN)
        return keep, gone

    def undo(self, actor: Actor, keep: int, gone: int) -> None:
        """Both are as they were before. Named by both: numbers of rows come again.

        Raises NotFound when it is too late or outside the actor's scope, Forbidden, Conflict when something has
        happened since that makes it wrong.
        """
        try:
            in_transaction(lambda: self._undo(actor, keep, gone))
        except IntegrityError:  # somebody has just proved one of the numbers: now it is seen
            in_transaction(lambda: self._undo(actor, keep, gone))

    def _undo(self, actor: Actor, keep_id: int, gone: int) -> None:
        keep = visible.held(self._search, actor, keep_id, _MERGE)
        pair = (MemberMerge.kept == keep.id) & (MemberMerge.gone == gone)
        row = MemberMerge.get_or_none(pair, MemberMerge.merged_at > _week_ago())
        if row is None:
            raise NotFound("too_late", _OVER)
        row.delete_instance()
        snapshot = snapshots.opened(self._cipher, row.snapshot)
        actor.require(_MERGE, _place_of(snapshot))
        sessions.end_all(self._members.part(snapshot))
        now = clock.now()  # the next look by night does not take them for one again
        Double.insert({"one": keep.id, "other": gone, "found_at": now, "cleared_at": now}).execute()
        for member_id in (keep.id, gone):
            words.tell(self._outbox, member_id, "parted", words.now_and_then(member_id), phrases.PARTED)
        subject = Subject("member", str(keep.id), keep.place_code)
        self._audit.record(actor, _MERGE, subject, gone=gone, step="undone")

    def undoable(self, actor: Actor, member_id: int) -> Undoable | None:
        """The last merge of somebody the actor may see, while it can be undone."""
        mine = (MemberMerge.kept == member_id) & (MemberMerge.merged_at > _week_ago())
        row = MemberMerge.get_or_none(mine)
        if row is None or not actor.may(_MERGE, visible.find(self._search, actor, member_id).place_code):
            return None
        return Undoable(member_id, row.gone_id, row.merged_at, row.merged_at + timedelta(days=DAYS))


def _week_ago() -> datetime:
    return clock.ago(days=DAYS)


def _place_of(snapshot: Snapshot) -> str:
    """Where the one who had gone lived."""
    place = Place.get_or_none(Place.id == snapshot.gone.row["place"])
    return place.code if place else ""
