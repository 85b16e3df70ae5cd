"""Which consents stand, and what keeps an agreement from being enough."""

import pytest

from backend.consents import rules
from backend.consents.rules import Agreement, Current
from models.consents import Purpose

M, U = Purpose.MEMBERSHIP, Purpose.UNIT


@pytest.mark.parametrize(
    ("given", "since", "stands"), [(None, 1, False), (1, 1, True), (1, 2, False), (2, 2, True), (3, 2, True)]
)
def test_a_consent_stands_from_the_version_on_that_asked_again(given: int | None, since: int, stands: bool) -> None:
    assert rules.stands(given, Current(M, 3, since)) is stands


TODAY = {M: Current(M, 2, 1), U: Current(U, 1, 1)}


@pytest.mark.parametrize(
    ("agreed", "needed", "fields"),
    [
        ([Agreement(M, 2)], {M}, []),
        ([Agreement(M, 2), Agreement(U, 1)], {M, U}, []),
        ([], {M}, ["consents.membership"]),
        ([Agreement(M, 1)], {M}, ["consents.membership"]),
        ([Agreement(M, 3)], {M}, ["consents.membership"]),
        ([Agreement(M, 2)], {M, U}, ["consents.unit"]),
        ([Agreement(U, 9)], {M, U}, ["consents.unit", "consents.membership"]),
        ([Agreement(U, 9)], set(), ["consents.unit"]),
    ],
)
def test_each_fault_names_its_purpose(agreed: list[Agreement], needed: set[Purpose], fields: list[str]) -> None:
    assert [fault.field for fault in rules.faults(agreed, TODAY, needed)] == fields


@pytest.mark.parametrize("purpose", Purpose)
def test_whatever_is_lacking_is_said_in_a_sentence(purpose: Purpose) -> None:
    [fault] = rules.faults([], TODAY, {purpose})
    assert "同意" in fault.message


def test_only_membership_itself_is_required() -> None:
    assert {M} == rules.REQUIRED


def test_a_purpose_that_is_given_twice_is_refused_and_named() -> None:
    again = Agreement(M, 2)
    assert [each.field for each in rules.faults((again, again), TODAY, ())] == [f"consents.{M}"]
