"""What people agree to over the API: read by everybody, given one by one, taken back in one call, with a receipt."""

from collections import Counter

import pytest

from backend.consents import actions as consents
from models.consents import Consent, ConsentReceipt, Purpose
from models.members import Member, MemberState
from models.rights import RightsRequest
from models.sessions import Session
from tests import people
from tests.callers import Caller

TEXT = {"purpose", "version", "title", "body", "required", "published_at"}
STANDING = {*TEXT, "given", "asks_again", "given_version", "given_at"}
RECEIPT = {"number", "purpose", "version", "title", "body", "given", "through", "happened_at"}


def test_the_texts_are_for_everybody_and_only_membership_is_required(stranger: Caller) -> None:
    items = stranger.ask("GET", "/consents")["items"]
    assert [each["purpose"] for each in items] == [purpose.value for purpose in Purpose]
    assert all(each.keys() == TEXT and each["body"] for each in items)
    assert [each["purpose"] for each in items if each["required"]] == ["membership"]


def test_each_purpose_stands_with_what_she_agreed_to(member: Caller) -> None:
    items = member.ask("GET", "/me/consents")["items"]
    assert [each["purpose"] for each in items] == [purpose.value for purpose in Purpose]
    assert all(each.keys() == STANDING for each in items)
    assert {(each["given"], each["asks_again"], each["given_version"]) for each in items} == {(True, False, 1)}


def test_what_she_takes_back_is_taken_back_once_and_given_again_when_she_likes(member: Caller) -> None:
    first = member.ask("DELETE", "/me/consents/contact", key="press-1")
    assert (first["detail"], first["number"][0]) == ("已经撤回，马上生效。", "T")
    assert member.ask("DELETE", "/me/consents/contact", key="press-1") == first
    assert member.ask("DELETE", "/me/consents/contact") == {"detail": "这一项本来就没有同意。", "number": None}
    assert not _standing(member, "contact")["given"]
    given = member.ask("PUT", "/me/consents/contact", json={"version": 1})
    assert (given["detail"], given["number"][0]) == ("已记下您的同意。", "T")
    assert _standing(member, "contact")["given"]


def test_a_text_that_changed_is_agreed_to_in_its_new_version_only(member: Caller) -> None:
    assert consents.publish(Purpose.CONTACT, "可以打电话给我", "新的说明。") == 2
    standing = _standing(member, "contact")
    assert (standing["version"], standing["given"], standing["asks_again"], standing["given_version"]) == (
        2,
        False,
        True,
        1,
    )
    told = member.ask("PUT", "/me/consents/contact", 422, json={"version": 1})
    assert told["errors"] == [{"field": "consents.contact", "message": "这份说明有了新版本，请重新看一遍再同意。"}]
    member.ask("PUT", "/me/consents/contact", json={"version": 2})
    assert not _standing(member, "contact")["asks_again"]


@pytest.mark.parametrize("body", [{}, {"version": 0}, {"version": "x"}, {"version": 1, "purpose": "unit"}])
def test_what_is_no_version_is_refused(member: Caller, body: dict[str, object]) -> None:
    assert member.refused("PUT", "/me/consents/contact", json=body)[:2] == (422, "invalid_input")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_purpose_nobody_knows_is_refused(member: Caller, method: str) -> None:
    sent = {"json": {"version": 1}} if method == "PUT" else {}
    assert member.refused(method, "/me/consents/spying", **sent)[:2] == (422, "invalid_input")


def test_what_relied_on_a_consent_goes_with_it(member: Caller) -> None:
    member.ask("PUT", "/me", json={"unit": "3 栋", "topics": ["jobs"]})
    member.ask("POST", "/me/wards", 201, json={"name": "陈小雨", "birth_year": 2018, "birth_month": 6})
    for purpose in ("unit", "interests", "wards"):
        member.ask("DELETE", f"/me/consents/{purpose}")
    told = member.ask("GET", "/me")
    assert (told["unit"], told["topics"], member.ask("GET", "/me/wards")["items"]) == ("", [], [])


def test_taking_membership_back_is_leaving_and_is_said_again_under_its_key(member: Caller) -> None:
    identity_id = Session.get().identity_id
    done = member.ask("DELETE", "/me/consents/membership", key="press-1")
    assert done["detail"] == "已经注销，您的资料已删除。"
    assert (Member.get().state, Consent.select().count()) == (MemberState.ERASED, 0)
    assert member.refused("GET", "/me")[0] == 401
    again = Caller(member.client, people.signed_in(identity_id))
    assert again.ask("DELETE", "/me/consents/membership", key="press-1") == done
    assert RightsRequest.select().count() == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_receipts_come_page_by_page_each_once_the_newest_first(member: Caller, other: Caller, limit: int) -> None:
    member.ask("DELETE", "/me/consents/contact")
    other.ask("DELETE", "/me/consents/wards")
    found = member.all_pages("/me/receipts", limit)
    assert all(each.keys() == RECEIPT for each in found)
    assert Counter(each["purpose"] for each in found) == {**{purpose.value: 1 for purpose in Purpose}, "contact": 2}
    assert (found[0]["purpose"], found[0]["given"], found[0]["through"]) == ("contact", False, "miniprogram")
    assert len({each["number"] for each in found}) == len(found) == ConsentReceipt.select().count() - len(Purpose) - 1


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "1 OR 1=1", "0"])
def test_an_odd_cursor_is_no_way_into_anything(member: Caller, cursor: str) -> None:
    answer = member.call("GET", f"/me/receipts?cursor={cursor}")
    assert answer.status_code == 200
    assert len(answer.get_json()["items"]) in (0, len(Purpose))


def _standing(member: Caller, purpose: str) -> dict[str, object]:
    items: list[dict[str, object]] = member.ask("GET", "/me/consents")["items"]
    return next(each for each in items if each["purpose"] == purpose)
