"""A list that a phone asks for again and again is not sent again while it is the same."""

import pytest
from werkzeug.test import TestResponse

from tests.callers import Caller

LISTS = [
    "/choices", "/consents", "/me/consents", "/me/receipts", "/me/wards", "/me/looks", "/me/requests", "/sessions",
    "/places/990101/heads",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_is_the_same_is_not_sent_again(member: Caller, path: str) -> None:
    first = member.call("GET", path)
    assert first.status_code == 200, first.get_data(as_text=True)
    again = _asked_again(member, path, first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_a_list_that_has_changed_is_sent(member: Caller) -> None:
    old = member.call("GET", "/me/requests").headers["ETag"]
    member.ask("PUT", "/me", json={"unit": "3 栋"})
    assert _asked_again(member, "/me/requests", old).status_code == 200


def test_nothing_of_hers_is_kept_between_us_and_her(member: Caller) -> None:
    assert member.call("GET", "/me/looks").headers["Cache-Control"] == "no-store"


def _asked_again(member: Caller, path: str, etag: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {member.token}", "If-None-Match": etag}
    return member.client.get(f"/api/v1{path}", headers=headers)
