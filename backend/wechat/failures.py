"""What the platform says no with, and what a correct client does next: one table (protocol sheet §3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any


class FailureKind(StrEnum):
    CREDENTIAL = "credential"  # a: get the token again once, repeat once
    BUSY = "busy"  # b: back off and repeat
    QUOTA = "quota"  # c: stop this interface until its reset
    RECIPIENT = "recipient"  # d: this person cannot be reached so; go on with the others
    FATAL = "fatal"  # e: stop the job and alert
    REQUEST = "request"  # f: our mistake: mend the request


class Wait(Enum):
    """How long to hold back before the next try."""

    NONE = auto()
    BACKOFF = auto()  # half a second, doubled each time, with jitter
    SECOND = auto()
    MINUTE = auto()  # until the next minute begins


class Closes(Enum):
    """What nobody should ask for until then."""

    NOTHING = auto()
    INTERFACE = auto()
    ACCOUNT = auto()


class Until(Enum):
    NEXT_MINUTE = auto()
    MIDNIGHT = auto()  # Beijing time
    NEXT_MONTH = auto()  # Beijing time
    TEN_MINUTES = auto()  # only an operator mends it: look again from time to time
    HOUR = auto()
    DAY = auto()


@dataclass(frozen=True)
class Treatment:
    """`maybe_done`: the number leaves open whether the work was done."""

    kind: FailureKind
    wait: Wait = Wait.NONE
    maybe_done: bool = False
    closes: Closes = Closes.NOTHING
    until: Until = Until.TEN_MINUTES


def _each(treatment: Treatment, *numbers: int) -> dict[int, Treatment]:
    return dict.fromkeys(numbers, treatment)


_RECIPIENT, _FATAL, _REQUEST = FailureKind.RECIPIENT, FailureKind.FATAL, FailureKind.REQUEST
_BUSY, _QUOTA = FailureKind.BUSY, FailureKind.QUOTA

TREATMENTS: dict[int, Treatment] = {
    **_each(Treatment(FailureKind.CREDENTIAL), 40001, 40014, 42001),
    **_each(Treatment(_BUSY, Wait.BACKOFF, maybe_done=True), -1, 61450, 268487001, 268487002),
    **_each(Treatment(_BUSY, Wait.MINUTE, closes=Closes.INTERFACE, until=Until.NEXT_MINUTE), 45011, 44991, 42010),
    44990: Treatment(_BUSY, Wait.SECOND),
    **_each(Treatment(_BUSY, Wait.BACKOFF), 43108, 45169),  # something else of the same person is under way
    45066: Treatment(_BUSY, Wait.MINUTE),
    **_each(Treatment(_QUOTA, closes=Closes.INTERFACE, until=Until.MIDNIGHT), 45009, 44993, 45028),
    48006: Treatment(_QUOTA, closes=Closes.INTERFACE, until=Until.NEXT_MONTH),
    **_each(Treatment(_RECIPIENT), 40003, 43004, 43019, 43101, 43104, 45015, 45047, 48002, 50005, 70000),
    40164: Treatment(_FATAL, closes=Closes.ACCOUNT),  # this address is not on the whitelist
    40243: Treatment(_FATAL, closes=Closes.ACCOUNT),  # the secret is frozen
    89503: Treatment(_FATAL, closes=Closes.ACCOUNT),  # the administrator has to confirm
    89506: Treatment(_FATAL, closes=Closes.ACCOUNT, until=Until.DAY),  # he refused
    89507: Treatment(_FATAL, closes=Closes.ACCOUNT, until=Until.HOUR),
    **_each(Treatment(_FATAL, closes=Closes.INTERFACE, until=Until.HOUR), 43107, 48004),  # banned
    **_each(Treatment(_FATAL), 40013, 40125, 40037, 40249, 43116, 48001, 50002),
    # only an operator can mend these
    **_each(Treatment(_FATAL), 40002, 41002, 41004, 45062, 48021, 50004, 50007, 89504, 89505),
    **_each(Treatment(_REQUEST), 40029, 40163, 40226, 45002, 45008, 45065, 45067, 45168, 47001, 47003, 61010, 87009),
}
_UNKNOWN = Treatment(_REQUEST)


def treatment_of(errcode: int) -> Treatment:
    """Numbers the table does not know are taken for mistakes of ours: repeating them would not help."""
    return TREATMENTS.get(errcode, _UNKNOWN)


def kind_of(errcode: int) -> FailureKind:
    return treatment_of(errcode).kind


@dataclass(eq=False)
class GatewayError(Exception):
    """A call that did not succeed. `sent` tells whether the platform may have carried it out all the same."""

    path: str
    sent: bool


@dataclass(eq=False)
class Refused(GatewayError):
    """The platform answered with an error number. `errmsg` ends with the rid that Tencent's support asks for."""

    errcode: int
    errmsg: str
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> FailureKind:
        return kind_of(self.errcode)

    @property
    def treatment(self) -> Treatment:
        return treatment_of(self.errcode)

    def __str__(self) -> str:
        return f"{self.path} answered {self.errcode} {self.errmsg}"


@dataclass(eq=False)
class CredentialRefused(Refused):
    pass


@dataclass(eq=False)
class VisitorTokenRefused(Refused):
    """The token of a visitor of our pages is not valid, or no more. It says nothing about the account's."""


@dataclass(eq=False)
class Busy(Refused):
    pass


@dataclass(eq=False)
class QuotaExhausted(Refused):
    pass


@dataclass(eq=False)
class RecipientUnreachable(Refused):
    pass


@dataclass(eq=False)
class Fatal(Refused):
    pass


@dataclass(eq=False)
class BadRequest(Refused):
    pass


_CLASSES: dict[FailureKind, type[Refused]] = {
    FailureKind.CREDENTIAL: CredentialRefused,
    FailureKind.BUSY: Busy,
    FailureKind.QUOTA: QuotaExhausted,
    FailureKind.RECIPIENT: RecipientUnreachable,
    FailureKind.FATAL: Fatal,
    FailureKind.REQUEST: BadRequest,
}


def refusal(path: str, errcode: int, errmsg: str, answer: Mapping[str, Any] | None = None) -> Refused:
    treatment = treatment_of(errcode)
    return _CLASSES[treatment.kind](path, treatment.maybe_done, errcode, errmsg, answer or {})


@dataclass(eq=False)
class NoAnswer(GatewayError):
    """Time-out, broken connection, HTTP error or an answer nobody can read."""

    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(eq=False)
class Closed(GatewayError):
    """Not asked at all: the interface, or the whole account, is closed until then (seconds since 1970)."""

    until: float
    reason: str

    def __str__(self) -> str:
        return f"{self.path} is closed: {self.reason}"


@dataclass(eq=False)
class Interrupted(GatewayError):
    """The batch ended before this one was finished with."""

    def __str__(self) -> str:
        return f"{self.path}: the batch ended first"
