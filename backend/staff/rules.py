"""Which passwords are good enough, when an account is shut after wrong ones, and how long a sign-in lasts. Pure."""

import re
from datetime import datetime, timedelta

from backend.errors import InvalidInput
from models.staff import StaffState

SHORTEST, LONGEST = 10, 128
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")

MOVES: dict[StaffState, tuple[StaffState, ...]] = {
    StaffState.INVITED: (StaffState.SUSPENDED, StaffState.LEFT),
    StaffState.ACTIVE: (StaffState.SUSPENDED, StaffState.LEFT),
    StaffState.SUSPENDED: (StaffState.ACTIVE, StaffState.LEFT),
    StaffState.LEFT: (),
}
"""State → those it may turn to by somebody else's hand. A link brings back to INVITED, setting up to ACTIVE."""

LINK_LIFE = timedelta(hours=48)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=30)
"""It is not worth a write more often that a session is used."""

FREE_FAILURES = 4
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)

_GUESSED_FIRST = (
    "password", "passw0rd", "qwerty", "asdfgh", "zxcvbn", "iloveyou", "woaini", "admin", "letmein", "tongxin", "abc123",
    "123456", "654321", "111111", "000000", "888888", "666666", "112233", "123123", "5201314", "1qaz2wsx", "p@ssw0rd",
)  # fmt: skip
"""What whoever guesses begins with: nothing that is mostly one of these."""


def login_of(text: str) -> str:
    """Raises InvalidInput."""
    login = text.strip(" ").lower()
    if not LOGIN.fullmatch(login):
        raise InvalidInput("login_invalid", "登录名用 3 到 32 个小写字母、数字、点或横线，以字母开头，例如 zhang.min。")
    return login


def words_of(text: str, what: str, longest: int) -> str:
    """A name or a unit as it is stored. Raises InvalidInput."""
    words = " ".join(text.split())
    if not words or len(words) > longest or not words.isprintable():
        raise InvalidInput("words_invalid", f"{what}不能空着，最多 {longest} 个字。")
    return words


def require_good(password: str, login: str) -> None:
    """Raises InvalidInput when it is short, or what somebody would try first."""
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput("password_weak", f"密码要 {SHORTEST} 到 {LONGEST} 位。三四个不相干的词连起来，又长又好记。")
    if login in plain or len(set(plain)) < 5:
        raise InvalidInput("password_weak", "密码里不要有登录名，也不要只用几个字符重复。")
    if any(known in plain and len(known) * 2 > len(plain) for known in _GUESSED_FIRST):
        raise InvalidInput("password_weak", "这个密码太常见，别人很容易猜到，请换一个。")


def pause_after(failures: int) -> timedelta:
    """How long an account is shut after so many failures in a row: nothing at first, then twice as long each time."""
    beyond = failures - FREE_FAILURES
    if beyond <= 0:
        return timedelta(0)
    doubled: int = 2 ** min(beyond - 1, 16)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def is_over(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Nobody was there for too long, or the day is over."""
    return now - seen_at > IDLE or now - created_at > ABSOLUTE
