"""Signing in to the console: a password, then a code. Wrong ones shut the account for longer and longer; each attempt
is an entry of the audit."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import HouseError, SignInNeeded
from backend.permissions import Actor
from backend.staff import attempts, passwords, queries, rows, sessions
from backend.staff.credentials import Credentials
from backend.storage.database import in_transaction
from models.audit import Outcome
from models.staff import Staff, StaffState

HALF_SECONDS = 300
"""How long she may look for her phone between the password and the code."""

WRONG = "登录名或密码不对，请检查后再试。"
_WRONG_CODE = "验证码不对，或者刚用过。请等手机上换成下一个六位数字再填；手机不在身边，可以填一个恢复码。"
_TOO_LATE = "时间太久了，请从头登录。"


@dataclass(frozen=True, slots=True)
class Where:
    """From which address, on which device."""

    address: str
    device: str


class SignIn:
    def __init__(self, credentials: Credentials, audit: Audit, secret: str) -> None:
        self._credentials, self._audit = credentials, audit
        self._halves = URLSafeTimedSerializer(secret, salt="console half")

    def password(self, login: str, password: str, where: Where) -> str:
        """Answers half a sign-in, good for five minutes. Raises SignInNeeded; TooMany for the right
        password while the account is shut."""
        row = Staff.get_or_none(Staff.login == login.strip().lower())
        right = passwords.is_right(row.password if row else "", password)  # before any lock: it is meant to take long
        if row is None:
            self._audit.record(None, "sign_in", outcome=Outcome.FAILED, address=where.address, how="password")
            raise SignInNeeded("sign_in_wrong", WRONG)
        error = in_transaction(lambda: self._first(row, right, password, where))
        if error is not None:
            raise error
        return self._halves.dumps([row.id, _mark(row.id)])

    def _first(self, seen: Staff, right: bool, password: str, where: Where) -> HouseError | None:
        """What is wrong, told after the commit: a failure that is undone would not count."""
        row = rows.held(None, seen.id)
        shut = attempts.shut(row, clock.now())
        fits = right and row.password == seen.password and row.state is StaffState.ACTIVE
        if shut is not None:
            self._note(row, where, Outcome.REFUSED, "password")
            return shut if fits else SignInNeeded("sign_in_wrong", WRONG)  # else it would tell that the login exists
        if not fits:
            return self._failed(row, where, "password", WRONG)
        if passwords.is_stale(row.password):
            rows.write(row.id, password=passwords.hashed(password))
        return None

    def code(self, half: str, code: str, where: Where) -> str:
        """The second step; answers the cookie of the session. Raises as `password` does."""
        staff_id, mark = self._opened(half)

        def work() -> str | HouseError:
            row = rows.held(None, staff_id)
            shut = attempts.shut(row, clock.now())
            if shut is not None:
                self._note(row, where, Outcome.REFUSED, "code")
                return shut
            if mark != _mark(staff_id) or row.state is not StaffState.ACTIVE:
                return SignInNeeded("sign_in_late", _TOO_LATE)
            if not self._credentials.opens(row, code):
                return self._failed(row, where, "code", _WRONG_CODE)
            return self._enter(row, where, "password")

        done = in_transaction(work)
        if isinstance(done, HouseError):
            raise done
        return done

    def by_wechat(self, staff_id: int, where: Where) -> str:
        """Her WeChat has confirmed it (`scans.py`); answers the cookie. Raises SignInNeeded for who is not at work."""

        def work() -> str:
            row = rows.held(None, staff_id)
            if row.state is not StaffState.ACTIVE:
                raise SignInNeeded("sign_in_wrong", WRONG)
            return self._enter(row, where, "wechat")

        return in_transaction(work)

    def sign_out(self, actor: Actor, session_id: int) -> None:
        def work() -> None:
            sessions.end(actor.staff_id, session_id)
            self._audit.record(actor, "sign_out", Subject("staff", str(actor.staff_id)))

        in_transaction(work)

    def _enter(self, row: Staff, where: Where, how: str) -> str:
        rows.write(row.id, failures=0, locked_until=None)
        self._note(row, where, Outcome.DONE, how)
        return sessions.begin(row.id, where.device, where.address)

    def _failed(self, row: Staff, where: Where, how: str, words: str) -> SignInNeeded:
        attempts.fail(row)
        self._note(row, where, Outcome.FAILED, how)
        return SignInNeeded("sign_in_wrong", words)

    def _note(self, row: Staff, where: Where, outcome: Outcome, how: str) -> None:
        who = queries.actor(row, where.address)
        self._audit.record(who, "sign_in", Subject("staff", str(row.id)), outcome, how=how, device=where.device)

    def _opened(self, half: str) -> tuple[int, str]:
        try:
            staff_id, mark = self._halves.loads(half, max_age=HALF_SECONDS)
        except (BadSignature, ValueError, TypeError) as error:
            raise SignInNeeded("sign_in_late", _TOO_LATE) from error
        return int(staff_id), str(mark)


def _mark(staff_id: int) -> str:
    """Changes with the password: half a sign-in is none any more then."""
    return sessions.digest(f"half {Staff.get_by_id(staff_id).password}")[:16]
