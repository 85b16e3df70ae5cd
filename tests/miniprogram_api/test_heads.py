"""Whom of her neighbours a member may call: those of her community who agreed, and nobody else is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.heads import actions
from tests import people
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare

HEADS = "/api/v1/places/{}/heads"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path))) as running:
        yield running


@pytest.fixture
def lane(house: House) -> str:
    """With a head who may be called."""
    code = str(house.app.test_client().get("/api/v1/places?parent=990101").get_json()["items"][0]["code"])
    level = house.app.test_client().get(f"/api/v1/places/{code}").get_json()["level"]
    assert level in ("lane", "grid")
    account = house.runtime.account(OFFICIAL.app_id)
    actions.appoint(people.member(house.runtime, account, "oHead", people.number(1)), code)
    return code


def _ask(house: House, openid: str, code: str) -> Any:
    token = people.signed_in(people.identity(house.runtime.account(OFFICIAL.app_id), openid))
    return house.app.test_client().get(HEADS.format(code), headers={"Authorization": f"Bearer {token}"})


@pytest.mark.usefixtures("lane")
def test_a_neighbour_is_told_whom_she_may_call(house: House) -> None:
    people.member(house.runtime, house.runtime.account(OFFICIAL.app_id), "oNeighbour", people.number(2))
    answer = _ask(house, "oNeighbour", "990101")
    assert answer.status_code == 200, answer.text
    [item] = answer.get_json()["items"]
    assert (item["name"], item["phone"]) == ("陈秀兰", "19900000001")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("lane")
def test_a_member_of_another_community_is_not_told(house: House) -> None:
    people.member(house.runtime, house.runtime.account(OFFICIAL.app_id), "oNeighbour", people.number(2))
    answer = _ask(house, "oNeighbour", "990102")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (404, "not_your_community")


@pytest.mark.usefixtures("lane")
def test_who_has_not_registered_is_not_told(house: House) -> None:
    assert _ask(house, "oVisitor", "990101").get_json(force=True)["code"] == "no_member"
    assert house.app.test_client().get(HEADS.format("990101")).status_code == 401
