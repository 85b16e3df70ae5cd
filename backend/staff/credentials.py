"""Writes what somebody signs in with: password, authenticator, recovery codes, her WeChat. Always her own."""

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, HouseError, InvalidInput, NotFound
from backend.permissions import Actor
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.staff import attempts, passwords, queries, rows, rules, second_factor, sessions
from backend.storage.database import in_transaction
from models.audit import Outcome
from models.marks import purpose_of
from models.staff import RecoveryCode, Staff, StaffLink, StaffState

TOTP = purpose_of(Staff.totp)
LINK_OVER = "这个链接已经用过或者过期了，请让管理员再给一个。"

_WRONG_CODE = "验证码不对，或者刚用过。请等手机上换成下一个六位数字再填。"


class Credentials:
    def __init__(self, cipher: FieldCipher, lookups: Lookups, audit: Audit) -> None:
        self._cipher, self._lookups, self._audit = cipher, lookups, audit

    def set_up(self, token: str, password: str, secret: str, code: str) -> list[str]:
        """With the link: her password, and an authenticator that is proved by a code. A WeChat that was bound before
        is bound no more. Answers the recovery codes, which are shown once.
        Raises InvalidInput; NotFound for a link that is spent."""

        owner = link_owner(token)  # before the lock: a snapshot that is older than it would show an old state
        if owner is None:
            raise NotFound("link_over", LINK_OVER)

        def work() -> list[str]:
            staff = rows.held(None, owner.id)
            if staff.state is not StaffState.INVITED:
                raise NotFound("link_over", LINK_OVER)
            rules.require_good(password, staff.login)
            step = second_factor.step_of(secret, code, clock.now(), 0)
            if step is None:
                raise InvalidInput("code_wrong", "验证码不对。请看手机上现在显示的六位数字，再填一次。")
            if not StaffLink.delete().where(StaffLink.digest == sessions.digest(token)).execute():
                raise NotFound("link_over", LINK_OVER)
            hashed, sealed = passwords.hashed(password), self._cipher.encrypt(secret, TOTP)
            rows.write(
                staff.id,
                state=StaffState.ACTIVE,
                password=hashed,
                totp=sealed,
                totp_step=step,
                failures=0,
                identity=None,
            )
            self._note(queries.actor(staff), "staff_set_up")
            return self._new_codes(staff.id)

        return in_transaction(work)

    def change_password(self, actor: Actor, session_id: int, old: str, new: str) -> None:
        """All her other devices are signed out, and her WeChat is bound no more: whoever bound one with the old
        password is out as well. Raises InvalidInput; TooMany after wrong old ones, as at the sign-in."""
        seen = Staff.get_by_id(actor.staff_id)
        rules.require_good(new, seen.login)
        right = passwords.is_right(seen.password, old)  # before any lock: it is meant to take long

        def work() -> HouseError | None:
            row = rows.held(None, actor.staff_id)
            shut = attempts.shut(row, clock.now())
            if shut is not None:
                return shut
            if not right or row.password != seen.password:
                return self._failed(row, actor, "password_changed", "现在的密码不对。")
            rows.write(row.id, password=passwords.hashed(new), identity=None)
            sessions.end_others(row.id, session_id)
            self._note(actor, "password_changed")
            return None

        error = in_transaction(work)
        if error is not None:
            raise error

    def prove(self, actor: Actor, code: str, act: str) -> None:
        """That she has her authenticator at hand, before `act`, which a browser left open is not enough for. Its code
        is spent with it; one from paper is none. Raises InvalidInput; TooMany after wrong ones, as at the sign-in."""

        def work() -> HouseError | None:
            row = rows.held(None, actor.staff_id)
            shut = attempts.shut(row, clock.now())
            if shut is not None or self._shows(row, code):
                return shut
            return self._failed(row, actor, act, _WRONG_CODE)

        error = in_transaction(work)
        if error is not None:
            raise error

    def renew_codes(self, actor: Actor) -> list[str]:
        """Shown once: the old ones are good no more."""

        def work() -> list[str]:
            self._note(actor, "recovery_codes_made")
            return self._new_codes(actor.staff_id)

        return in_transaction(work)

    def bind(self, staff_id: int, identity_id: int) -> None:
        """Her WeChat, proved in the chat; it is nobody else's from now on. Raises Conflict for who is not at work."""

        def work() -> None:
            if rows.held(None, staff_id).state is not StaffState.ACTIVE:
                raise Conflict("staff_state", "这个账号现在不能绑定微信，请找管理员。")
            Staff.update(identity=None).where(Staff.identity == identity_id).execute()
            rows.write(staff_id, identity=identity_id)
            self._note(queries.actor(Staff.get_by_id(staff_id)), "wechat_bound")

        in_transaction(work)

    def unbind(self, actor: Actor) -> None:
        def work() -> None:
            rows.write(actor.staff_id, identity=None)
            self._note(actor, "wechat_unbound")

        in_transaction(work)

    def opens(self, staff: Staff, code: str) -> bool:
        """Whether the code is of her authenticator now, or one of her recovery codes; it is spent with it. Inside the
        caller's transaction, which holds the account."""
        if staff.totp is None:
            return False
        if self._shows(staff, code):
            return True
        mine = (RecoveryCode.digest == self._digest(staff.id, code)) & RecoveryCode.used_at.is_null()
        return bool(RecoveryCode.update(used_at=clock.now()).where(mine).execute())

    def _shows(self, staff: Staff, code: str) -> bool:
        """Whether her authenticator shows the code now and it was not used before; it is from here on."""
        if staff.totp is None:
            return False
        secret = self._cipher.decrypt(staff.totp, TOTP)
        step = second_factor.step_of(secret, code, clock.now(), staff.totp_step)
        if step is not None:
            rows.write(staff.id, totp_step=step)
        return step is not None

    def _new_codes(self, staff_id: int) -> list[str]:
        codes = second_factor.new_recovery_codes()
        RecoveryCode.delete().where(RecoveryCode.staff == staff_id).execute()
        RecoveryCode.insert_many(
            [{"staff": staff_id, "digest": self._digest(staff_id, code)} for code in codes]
        ).execute()
        return codes

    def _digest(self, staff_id: int, code: str) -> str:
        return self._lookups.digest("recovery", f"{staff_id} {second_factor.plain(code)}")

    def _failed(self, row: Staff, actor: Actor, act: str, words: str) -> InvalidInput:
        """For after the commit."""
        attempts.fail(row)
        self._note(actor, act, Outcome.FAILED)
        return InvalidInput(f"{act}_wrong", words)

    def _note(self, actor: Actor, act: str, outcome: Outcome = Outcome.DONE) -> None:
        self._audit.record(actor, act, Subject("staff", str(actor.staff_id)), outcome)


def link_owner(token: str) -> Staff | None:
    """Whose account the link sets up; None when it is spent, or the account does not wait to be set up."""
    row = StaffLink.get_or_none((StaffLink.digest == sessions.digest(token)) & (StaffLink.ends_at > clock.now()))
    if row is None:
        return None
    invited = (Staff.id == row.staff_id) & (Staff.state == StaffState.INVITED)
    owner: Staff | None = Staff.get_or_none(invited)
    return owner


def codes_left(staff_id: int) -> int:
    mine = RecoveryCode.staff == staff_id
    return int(RecoveryCode.select().where(mine, RecoveryCode.used_at.is_null()).count())
