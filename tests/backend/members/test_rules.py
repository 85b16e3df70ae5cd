"""What membership knows to choose from, whose a number is, and until when a child is a ward."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.errors import InvalidInput
from backend.members import rules
from backend.members.rules import Change, Proof, Whose
from models.consents import Purpose
from models.members import PhoneProof

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=clock.BEIJING)
DAY = timedelta(days=1)


WECHAT = Proof("+8613800138000", PhoneProof.WECHAT)
FACE = Proof("+8613800138000", PhoneProof.FACE_TO_FACE)
VOUCHED = replace(FACE, vouched=True)


@pytest.mark.parametrize(
    ("says", "days", "proof", "whose"),
    [
        ("陈秀兰", 0, WECHAT, Whose.HERS),
        ("陳秀蘭", 89, WECHAT, Whose.HERS),
        ("陈秀兰", 90, WECHAT, Whose.TAKEN),
        ("陈秀兰", 0, FACE, Whose.TAKEN),
        ("陈秀兰", 900, VOUCHED, Whose.HERS),
        ("王小明", 0, WECHAT, Whose.TAKEN),
        ("王小明", 0, VOUCHED, Whose.TAKEN),
    ],
)
def test_a_number_is_hers_by_the_name_and_a_fresh_proof_or_a_face_that_is_known(
    says: str, days: int, proof: Proof, whose: Whose
) -> None:
    assert rules.whose("陈秀兰", NOW - days * DAY, says, NOW, proof) is whose


def test_a_number_that_was_never_proved_is_hers_only_when_staff_vouch_for_her() -> None:
    assert rules.whose("陈秀兰", None, "陈秀兰", NOW, WECHAT) is Whose.TAKEN
    assert rules.whose("陈秀兰", None, "陈秀兰", NOW, VOUCHED) is Whose.HERS


def test_what_she_tells_needs_the_consents_it_is_for() -> None:
    later = {"haircut": NOW + DAY}
    assert rules.needs("", {}, frozenset()) == {Purpose.MEMBERSHIP}
    assert rules.needs("3-501", {}, frozenset()) == {Purpose.MEMBERSHIP, Purpose.UNIT}
    assert rules.needs("", later, frozenset()) == {Purpose.MEMBERSHIP, Purpose.SKILLS}
    assert rules.needs("", {}, frozenset({"jobs"})) == {Purpose.MEMBERSHIP, Purpose.INTERESTS}


@pytest.mark.parametrize(("until", "faults"), [(0, 1), (1, 0), (366, 0), (367, 1), (-1, 1)])
def test_a_skill_is_offered_for_a_year_at_most(until: int, faults: int) -> None:
    assert len(rules.skill_faults({"haircut": NOW + until * DAY}, NOW)) == faults


def test_what_no_catalogue_has_is_named() -> None:
    assert [fault.field for fault in rules.skill_faults({"magic": NOW + DAY}, NOW)] == ["skills"]
    assert [fault.field for fault in rules.topic_faults(frozenset({"gossip", "jobs"}))] == ["topics"]


def test_a_change_names_the_fields_it_touches() -> None:
    assert Change().fields == []
    assert Change(name="王", unit="", topics=frozenset()).fields == ["name", "unit", "topics"]


@pytest.mark.parametrize(("text", "kept"), [(" 3 栋  501 ", "3 栋 501"), ("", ""), ("x" * 40, "x" * 40)])
def test_a_unit_is_kept_in_one_line(text: str, kept: str) -> None:
    assert rules.unit_of(text) == kept


@pytest.mark.parametrize("text", ["x" * 41, "3\x00栋", "3\u202e栋"])
def test_a_unit_that_is_too_long_or_not_readable_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        rules.unit_of(text)


@pytest.mark.parametrize(
    ("year", "month", "until"),
    [
        (2012, 6, datetime(2026, 7, 1, tzinfo=clock.BEIJING)),
        (2012, 12, datetime(2027, 1, 1, tzinfo=clock.BEIJING)),
        (2026, 6, datetime(2040, 7, 1, tzinfo=clock.BEIJING)),
    ],
)
def test_a_child_is_fourteen_at_the_end_of_the_month_of_its_birth(year: int, month: int, until: datetime) -> None:
    assert rules.fourteen_at(year, month, NOW) == until


def test_on_the_day_after_that_month_it_is_no_ward_any_more() -> None:
    last = datetime(2026, 6, 30, 23, 59, 59, tzinfo=clock.BEIJING)
    assert rules.fourteen_at(2012, 6, last) == last + timedelta(seconds=1)
    with pytest.raises(InvalidInput) as caught:
        rules.fourteen_at(2012, 6, last + timedelta(seconds=1))
    assert caught.value.code == "ward_too_old"


@pytest.mark.parametrize(("year", "month"), [(2026, 7), (2027, 1)])
def test_a_child_that_is_not_born_is_refused(year: int, month: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.fourteen_at(year, month, NOW)
    assert caught.value.code == "birth_invalid"


def test_the_months_are_those_of_beijing() -> None:
    late = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # already July there
    with pytest.raises(InvalidInput):
        rules.fourteen_at(2012, 6, clock.beijing(late))
