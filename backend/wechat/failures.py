"""What the platform says no with, sorted by what a correct client does next (protocol sheet §3.6)."""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    CREDENTIAL = "credential"  # a: get the token again once, repeat once
    BUSY = "busy"  # b: back off and repeat
    QUOTA = "quota"  # c: stop this interface until its reset
    RECIPIENT = "recipient"  # d: this person cannot be reached so; go on with the others
    FATAL = "fatal"  # e: stop the job and alert
    REQUEST = "request"  # f: our mistake: mend the request


_NUMBERS: dict[FailureKind, frozenset[int]] = {
    FailureKind.CREDENTIAL: frozenset({40001, 40014, 42001}),
    FailureKind.BUSY: frozenset({-1, 45011, 44990, 44991, 43108, 45066, 61450, 268487001, 268487002}),
    FailureKind.QUOTA: frozenset({45009, 45028, 44993, 48006}),
    FailureKind.RECIPIENT: frozenset({40003, 43004, 43019, 43101, 43104, 45015, 45047, 48002, 50005}),
    FailureKind.FATAL: frozenset(
        {40013, 40125, 40164, 40037, 40249, 43107, 43116, 48001, 48004, 50002}
        | {40002, 40243, 41002, 41004}  # credentials that only an operator can mend
        | {89503, 89504, 89505, 89506, 89507}  # waiting for the administrator, or refused by him
    ),
}
_KIND_OF = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}


def kind_of(errcode: int) -> FailureKind:
    """Numbers the table does not know are taken for mistakes of ours: repeating them would not help."""
    return _KIND_OF.get(errcode, FailureKind.REQUEST)


@dataclass(eq=False)
class GatewayError(Exception):
    """A call that did not succeed. `sent` tells whether the platform may have carried it out all the same."""

    path: str
    sent: bool


@dataclass(eq=False)
class Refused(GatewayError):
    """The platform answered with an error number. `rid` is what Tencent's support asks for."""

    errcode: int
    errmsg: str

    @property
    def kind(self) -> FailureKind:
        return kind_of(self.errcode)

    def __str__(self) -> str:
        return f"{self.path} answered {self.errcode} {self.errmsg}"


@dataclass(eq=False)
class CredentialRefused(Refused):
    pass


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


def refusal(path: str, errcode: int, errmsg: str) -> Refused:
    """-1 says "busy" and nothing about whether the work was done; all other numbers mean it was not."""
    return _CLASSES[kind_of(errcode)](path, errcode == -1, errcode, errmsg)


@dataclass(eq=False)
class NoAnswer(GatewayError):
    """Time-out, broken connection, HTTP error or an answer nobody can read."""

    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"
