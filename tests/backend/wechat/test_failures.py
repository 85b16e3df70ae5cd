"""Every error number of the platform is answered as the protocol sheet (§3.6) says a correct client does."""

import pytest

from backend.wechat import failures
from backend.wechat.failures import FailureKind, NoAnswer

CLASSES = {
    FailureKind.CREDENTIAL: (failures.CredentialRefused, [40001, 40014, 42001]),
    FailureKind.BUSY: (failures.Busy, [-1, 45011, 44990, 44991, 43108, 45066, 61450, 268487001, 268487002]),
    FailureKind.QUOTA: (failures.QuotaExhausted, [45009, 45028, 44993, 48006]),
    FailureKind.RECIPIENT: (
        failures.RecipientUnreachable,
        [40003, 43004, 43019, 43101, 43104, 45015, 45047, 48002, 50005],
    ),
    FailureKind.FATAL: (failures.Fatal, [40013, 40125, 40164, 40037, 40249, 43107, 43116, 48001, 48004, 50002]),
    FailureKind.REQUEST: (failures.BadRequest, [45002, 45008, 45067, 47001, 47003]),
}
NUMBERS = [(number, kind, made) for kind, (made, numbers) in CLASSES.items() for number in numbers]


@pytest.mark.parametrize(("number", "kind", "made"), NUMBERS)
def test_each_number_stands_in_its_class(number: int, kind: FailureKind, made: type[failures.Refused]) -> None:
    refusal = failures.refusal("/cgi-bin/x", number, "words rid: 1")
    assert failures.kind_of(number) is refusal.kind is kind
    assert type(refusal) is made


def test_no_number_stands_in_two_classes() -> None:
    numbers = [number for number, _, _ in NUMBERS]
    assert len(numbers) == len(set(numbers))


def test_every_class_is_told_apart_by_its_exception() -> None:
    made = {made for made, _ in CLASSES.values()}
    assert len(made) == len(FailureKind) == len(CLASSES)
    assert all(issubclass(kind, failures.Refused) for kind in made)


@pytest.mark.parametrize("number", [1, 99999, 40004, 61451, -2])
def test_an_unknown_number_is_taken_for_our_mistake_and_not_repeated(number: int) -> None:
    assert failures.kind_of(number) is FailureKind.REQUEST


@pytest.mark.parametrize("number", [40002, 40243, 41002, 41004, 89503, 89504, 89505, 89506, 89507])
def test_what_only_an_operator_can_mend_stops_the_job(number: int) -> None:
    """§3.6 says "configuration error, alert", "alert" and "stop, inform the operator" of these."""
    assert failures.kind_of(number) is FailureKind.FATAL


def test_only_a_system_error_leaves_open_whether_the_work_was_done() -> None:
    maybe = [number for number, _, _ in NUMBERS if failures.refusal("/x", number, "").sent]
    assert maybe == [-1, 61450, 268487001, 268487002]


def test_a_refusal_names_the_call_the_number_and_the_words() -> None:
    refusal = failures.refusal("/cgi-bin/menu/create", 40018, "invalid button rid: 65a-1")
    assert str(refusal) == "/cgi-bin/menu/create answered 40018 invalid button rid: 65a-1"


def test_no_answer_is_no_refusal() -> None:
    assert not isinstance(NoAnswer("/x", True, "timeout"), failures.Refused)
    assert str(NoAnswer("/x", True, "timeout")) == "/x: timeout"
