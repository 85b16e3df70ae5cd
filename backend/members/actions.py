"""Writes members: registering, changing what they told, agreeing and taking it back, and their going.

`Members` needs the cipher, the look-ups and the outbox; one verb is one transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from peewee import Expression, IntegrityError

from backend import clock
from backend.consents import actions as consents
from backend.consents import queries as consented
from backend.consents import rules as consenting
from backend.consents.rules import Agreement
from backend.errors import Conflict, FieldError, InvalidInput, NotFound, Unavailable
from backend.followers import actions as followers
from backend.followers.queries import Follower
from backend.members import merging, parting, phrases, rules, snapshots, words
from backend.members.numbers import Numbers
from backend.members.queries import NAME
from backend.members.rows import Rows
from backend.members.rules import Application, Change, Proof, Whose
from backend.members.snapshots import Snapshot
from backend.outbox import leaving
from backend.outbox.actions import Outbox
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.storage.database import attempt, in_transaction
from backend.storage.dialects import run
from backend.storage.statements import lock
from models.consents import Consent, Purpose, Through
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState, Ward

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Registered:
    """`joined`: she was a member already, and this identity is hers now too."""

    member_id: int
    joined: bool


_TRIES = 50
"""Between the look at who has a number and the write another may have come; each time that happens, one was served."""


class Members:
    def __init__(self, cipher: FieldCipher, lookups: Lookups, outbox: Outbox) -> None:
        self._cipher, self._outbox, self._rows = cipher, outbox, Rows(cipher, lookups)
        self._numbers = Numbers(cipher, lookups, outbox)

    def register(
        self, identity_id: int, told: Application, proof: Proof, through: Through, new_number: bool = False
    ) -> Registered:
        """She becomes a member, or joins the one she is. `new_number`: whoever had it before is another.

        Raises InvalidInput for what is wrong with what she told, Conflict when she is a member already or the number
        is another's.
        """
        return in_transaction(lambda: self._register(identity_id, told, proof, through, new_number))

    def _register(
        self, identity_id: int, told: Application, proof: Proof, through: Through, new_number: bool
    ) -> Registered:
        here = _greet(identity_id)
        _check(told)
        found = self._settled(identity_id, told, proof, through, new_number)
        # Who follows our account, or is another's member, is the same person from now on.
        kept = self._recognise(identity_id, here.unionid) if here.unionid else None
        return found if kept is None else replace(found, member_id=kept)

    def _settled(
        self, identity_id: int, told: Application, proof: Proof, through: Through, new_number: bool
    ) -> Registered:
        """She is a new member, or the one she was."""
        for _ in range(_TRIES):
            standing = self._numbers.holder(proof)
            if standing is not None and self._numbers.whose(standing, told.name, proof, new_number) is Whose.HERS:
                return self._join(identity_id, standing.id, told, proof, through)
            if standing is not None:
                self._numbers.release(standing, new_number)
            member_id = self._rows.new(told, proof)
            if member_id is not None:
                return _begin(identity_id, member_id, told, through)
        raise Unavailable("number_busy", phrases.BUSY)

    def _join(self, identity_id: int, member_id: int, told: Application, proof: Proof, through: Through) -> Registered:
        """What she has told before stays as it is; she sees it, and can change it."""
        words.tell(self._outbox, member_id, "joined", words.now_and_then(member_id), phrases.JOINED)
        here = {"seen_at": clock.start_of_day(clock.now()), "told_at": None}
        Member.update({**self._rows.phone(proof), **here}).where(Member.id == member_id).execute()
        given = consented.given(member_id)
        for agreement in told.agreed:
            if given.get(agreement.purpose) != agreement.version:
                consents.give(member_id, agreement, through)
        followers.join(identity_id, member_id)
        return Registered(member_id, joined=True)

    def change(self, member_id: int, change: Change) -> None:
        """Raises NotFound when she is no member, InvalidInput for what cannot be, or what she did not agree to."""
        in_transaction(lambda: self._change(member_id, change))

    def _change(self, member_id: int, change: Change) -> None:
        hold(member_id)
        skills, topics = change.skills or {}, change.topics or frozenset()
        _check_choices(skills, topics)
        needed = rules.needs(change.unit or "", skills, topics)
        lacking = {purpose for purpose in needed if not consented.stands(member_id, purpose)}
        _raise(consenting.faults((), consented.current(), lacking))
        columns: dict[str, object] = {"place": change.place_id} if change.place_id is not None else {}
        if change.unit is not None:
            columns["unit"] = self._rows.sealed_unit(change.unit)
        Member.update({**columns, "changed_at": clock.now()}).where(Member.id == member_id).execute()
        if change.name is not None:
            self._rows.rename(member_id, change.name)
        if change.skills is not None:
            self._rows.skills(member_id, skills)
        if change.topics is not None:
            self._rows.topics(member_id, topics)

    def prove_phone(self, member_id: int, proof: Proof, new_number: bool = False) -> int:
        """She has this number now; answers her id, which is another when she turns out to be registered twice."""
        return _twice(lambda: self._prove_phone(member_id, proof, new_number))

    def _prove_phone(self, member_id: int, proof: Proof, new_number: bool) -> int:
        hold(member_id)
        standing = self._numbers.holder(proof)
        if standing is not None and standing.id != member_id:
            name = self._cipher.decrypt(Member.get_by_id(member_id).name, NAME)
            if self._numbers.whose(standing, name, proof, new_number) is Whose.HERS:
                member_id = self._merge(standing.id, member_id)
            else:
                self._numbers.release(standing, new_number)
        change = {**self._rows.phone(proof), "changed_at": clock.now()}
        Member.update(change).where(Member.id == member_id).execute()
        return member_id

    def agree(self, member_id: int, agreement: Agreement, through: Through) -> str:
        """Answers the number of the receipt. Raises InvalidInput when the text has a newer version."""

        def work() -> str:
            hold(member_id)
            _raise(consenting.faults((agreement,), consented.current(), ()))
            return consents.give(member_id, agreement, through)

        return in_transaction(work)

    def withdraw(self, member_id: int, purpose: Purpose, through: Through) -> str | None:
        """What relied on it ends with it. Answers the number of the receipt, None when there was nothing to take back.

        Membership itself is taken back by leaving (`backend.rights.actions`).
        """

        def work() -> str | None:
            hold(member_id)
            number = consents.withdraw(member_id, purpose, through)
            self.end(member_id, purpose)
            return number

        return in_transaction(work)

    def end(self, member_id: int, purpose: Purpose) -> None:
        """What relied on a consent, inside the caller's transaction. Also where no consent was found: nothing may be
        left that would need one."""
        effects: dict[Purpose, Callable[[], object]] = {
            Purpose.NOTICES: lambda: leaving.withhold(member_id),
            Purpose.INTERESTS: lambda: self._rows.topics(member_id, ()),
            Purpose.SKILLS: lambda: self._rows.skills(member_id, {}),
            Purpose.UNIT: lambda: Member.update(unit=None).where(Member.id == member_id).execute(),
            Purpose.WARDS: lambda: Ward.delete().where(Ward.guardian == member_id).execute(),
        }
        effects.get(purpose, _nothing)()

    def add_ward(self, member_id: int, name: str, year: int, month: int) -> int:
        """A child under fourteen of hers; answers its id."""

        def work() -> int:
            hold(member_id)
            if not consented.stands(member_id, Purpose.WARDS):
                _raise(consenting.faults((), consented.current(), (Purpose.WARDS,)))
            if Ward.select().where(Ward.guardian == member_id).count() >= rules.MOST_WARDS:
                raise InvalidInput("too_many_wards", f"最多登记 {rules.MOST_WARDS} 个孩子。")
            return self._rows.ward(member_id, name, rules.fourteen_at(year, month, clock.beijing(clock.now())))

        return in_transaction(work)

    def recognise(self, identity_id: int, unionid: str) -> None:
        """The platform says who this identity is: whoever has the same unionid with another account is the same person.
        Inside the caller's transaction, or in one of its own."""
        in_transaction(lambda: self._recognise(identity_id, unionid))

    def _recognise(self, identity_id: int, unionid: str) -> int | None:
        """Answers the member that all of them are now; None when nothing was to be joined."""
        if not unionid:
            followers.know_unionid(identity_id, unionid)
            return None
        if _is_recognised(identity_id, unionid):
            return None
        row = WechatIdentity
        same = row.select(row.id, row.member).where((row.unionid == unionid) | (row.id == identity_id))
        _take_all(same)  # before the identities, as whoever leaves does
        followers.know_unionid(identity_id, unionid)
        found = list(same.where(row.unionid == unionid).order_by(row.id))
        members = _take_all(found)
        for other in members[1:]:
            self._merge(members[0], other)
        if members:
            for each in found:
                if each.member_id is None:
                    followers.join(each.id, members[0])
        return members[0] if members else None

    def _merge(self, one: int, other: int) -> int:
        """Answers whom of the two she is from now on: the older."""
        keep, gone = sorted((one, other))
        self.unite(keep, gone)
        words.tell(self._outbox, keep, "merged", str(gone), phrases.MERGED)
        return keep

    def unite(self, keep: int, gone: int) -> None:
        """Two members are one person, and nobody is told. Inside the caller's transaction."""
        for member_id in (keep, gone):
            hold(member_id)
        merging.merge(keep, gone)
        for purpose in consents.heed(keep):
            self.end(keep, purpose)

    def part(self, snapshot: Snapshot) -> list[int]:
        """Undo `unite`, and tell nobody; answers the identities that are nobody's any more. Inside the caller's
        transaction, which holds her. Raises Conflict."""
        back = parting.taken_back(snapshot)
        strangers = parting.part(self._cipher, self._rows, snapshot, back)
        for purpose in back[snapshots.name_of(Consent)]:
            for member_id in (snapshot.keep.id, snapshot.gone.id):
                self.end(member_id, Purpose(purpose))
        return strangers


def _greet(identity_id: int) -> Follower:
    """Whoever registers, under the lock of her identity. Raises Conflict when she is a member already."""
    here = followers.hold(identity_id)
    if here is None:
        raise NotFound("no_member", phrases.GONE)
    if here.member_id is not None:
        raise Conflict("already_member", phrases.ALREADY)
    if here.state is FollowState.LEFT:
        followers.revive(identity_id)  # else who left a moment ago would be buried as a member
    return here


def _begin(identity_id: int, member_id: int, told: Application, through: Through) -> Registered:
    consents.give_first(member_id, told.agreed, through)
    followers.link(identity_id, member_id)
    return Registered(member_id, joined=False)


def _is_recognised(identity_id: int, unionid: str) -> bool:
    """Whether all that this unionid would join is one already, as at every sign-in but the first."""
    found = run("SELECT id, member_id FROM wechat_identity WHERE unionid = ?", unionid).fetchall()
    return len({row[1] for row in found}) == 1 and identity_id in {row[0] for row in found}


def remove_ward(member_id: int, ward_id: int) -> bool:
    """False when she has no such ward."""
    mine = (Ward.guardian == member_id) & (Ward.id == ward_id)
    return bool(in_transaction(lambda: Ward.delete().where(mine).execute()))


def move(member_id: int, place_id: int | None) -> None:
    """She lives there now; None: she does not want to say. The caller has seen that it is a place to live in."""
    change = {"place": place_id, "changed_at": clock.now()}
    in_transaction(lambda: Member.update(change).where(_here(member_id)).execute())


def restrict(member_id: int) -> bool:
    """What we hold is kept and used for nothing, until she says otherwise. False when it is so already."""

    def work() -> bool:
        leaving.withhold(member_id)
        return _turn(member_id, MemberState.ACTIVE, MemberState.RESTRICTED)

    return in_transaction(work)


def release(member_id: int) -> bool:
    """False when she had not restricted us."""
    return in_transaction(lambda: _turn(member_id, MemberState.RESTRICTED, MemberState.ACTIVE))


def _turn(member_id: int, old: MemberState, new: MemberState) -> bool:
    mine = (Member.id == member_id) & (Member.state == old)
    return bool(Member.update(state=new).where(mine).execute())


def see(member_id: int, now: datetime) -> None:
    """She was here: remembered to the day, so that a membership nobody uses can end."""
    day = clock.start_of_day(now)
    mine = _here(member_id) & (Member.seen_at.is_null() | (Member.seen_at < day))
    in_transaction(lambda: Member.update(seen_at=day, told_at=None).where(mine).execute())


def hold(member_id: int) -> None:
    """Take the row's lock. Raises NotFound when she is no member any more. Inside the caller's transaction."""
    if not take(member_id):
        raise NotFound("no_member", phrases.GONE)


def take(member_id: int) -> bool:
    """As `hold`; False when she is gone."""
    here = lock("SELECT id FROM member WHERE id = ? AND state <> ?", member_id, MemberState.ERASED.value)
    return here.fetchone() is not None


def _take_all(identities: Iterable[WechatIdentity]) -> list[int]:
    """The members of these who are there, the oldest first, with the locks of their rows."""
    return [each for each in sorted({row.member_id for row in identities if row.member_id is not None}) if take(each)]


def _here(member_id: int) -> Expression:
    """Who has just gone is not written to again."""
    here: Expression = (Member.id == member_id) & (Member.state != MemberState.ERASED)
    return here


def _check(told: Application) -> None:
    _check_choices(told.skills, told.topics)
    _raise(consenting.faults(told.agreed, consented.current(), rules.needs(told.unit, told.skills, told.topics)))


def _check_choices(skills: Mapping[str, datetime], topics: frozenset[str]) -> None:
    _raise([*rules.skill_faults(skills, clock.now()), *rules.topic_faults(topics)])


def _raise(faults: list[FieldError]) -> None:
    if faults:
        raise InvalidInput("invalid_input", faults[0].message, faults)


def _nothing() -> None:
    """Some consents are only asked for when they are needed."""


def _twice(work: Callable[[], Answer]) -> Answer:
    """Another may have written the same number between the look and the write: look again."""
    try:
        return attempt(work)
    except IntegrityError:
        return attempt(work)
