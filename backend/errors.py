"""What can go wrong in the house. Each error carries a sentence in Chinese that can be shown; none knows HTTP."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldError:
    field: str
    message: str


@dataclass(eq=False)
class HouseError(Exception):
    """`code` is stable and for programs; `sentence` says to a person what to do."""

    code: str
    sentence: str
    errors: list[FieldError] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class InvalidInput(HouseError):
    """The visitor can mend it."""


class NotFound(HouseError):
    """No such thing, or not for this visitor: the two look alike on purpose."""


class SignInNeeded(HouseError):
    """Nobody is signed in, or no longer."""


class Forbidden(HouseError):
    """Known, and not allowed to."""


class Conflict(HouseError):
    """It would be in order, were it not for what stands already; the sentence says which."""


@dataclass(eq=False)
class TooMany(HouseError):
    """Asked too often; worth trying again after so many seconds."""

    retry_after: int = 1


class Unavailable(HouseError):
    """Something we rely on does not answer; worth trying again later."""


class Misconfigured(HouseError):
    """An operator must act; the sentence names the setting or the command."""
