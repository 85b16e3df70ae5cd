"""Places edited in the console, and taken back by who changed them."""

import pytest

from backend.places import queries
from models.staff import Role
from tests import staff
from tests.served import House
from tests.staff import Browser

PLACE = "/console/places/990101"
CLERK = (Role.CLERK, "9901")


@pytest.fixture
def browser(house: House) -> Browser:
    return staff.at_work(house.app, house.runtime, CLERK)


def _name() -> str:
    place = queries.by_code("990101")
    assert place is not None
    return place.name


def _rename(browser: Browser, name: str) -> str:
    """The page she is led to."""
    return browser.follow(f"{PLACE}/edit", {"name": name, "latitude": "30.4", "longitude": "112.8"}).text


def test_a_changed_name_is_taken_back_with_one_click_and_once(browser: Browser) -> None:
    was = _name()
    assert f'action="{PLACE}/edit/undo"' in _rename(browser, "杏花社区")
    assert _name() == "杏花社区"
    assert "已经改回" in browser.follow(f"{PLACE}/edit/undo").text
    assert _name() == was
    assert browser.post(f"{PLACE}/edit/undo").status_code == 409


def test_nobody_takes_back_what_another_changed(house: House, browser: Browser) -> None:
    other = staff.at_work(house.app, house.runtime, CLERK, login="li.hua")
    _rename(browser, "杏花社区")
    assert other.post(f"{PLACE}/edit/undo").status_code == 409
    _rename(other, "桃花社区")
    answer = browser.post(f"{PLACE}/edit/undo")
    assert (answer.status_code, "后来又改过" in answer.text) == (409, True)
    assert _name() == "桃花社区"


def test_a_new_place_is_taken_away_again_with_one_click(browser: Browser) -> None:
    told = {"parent": "990101", "code": "9901018", "level": "grid", "name": "新网格", "latitude": "", "longitude": ""}
    assert 'action="/console/places/9901018/remove"' in browser.follow("/console/places/new", told).text
    assert "已经删掉" in browser.follow("/console/places/9901018/remove").text
    assert queries.by_code("9901018") is None
