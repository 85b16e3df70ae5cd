"""The page of a place says where it belongs, how many are below it, and whom to call."""

import pytest

from backend.places import actions, pages
from backend.runtime import Runtime

SHEET = """code,name,level,parent,lat,lng
99,云溪区,district,,,
9901,慢城街道,street,99,,
990101,春晓社区,community,9901,30.4,112.8
99010101,第一网格,grid,990101,,
99010102,第二网格,grid,990101,,
9901010101,花生巷1号院,lane,99010101,,
"""


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(SHEET)
    actions.import_contacts("code,role,name,phone,hours\n9901,office,服务中心,0799-5550100,全天\n")


def _page(code: str) -> pages.Page:
    page = pages.page(code)
    assert page is not None
    return page


def test_a_page_tells_the_place_those_above_it_and_how_many_are_below() -> None:
    page = _page("990101")
    assert (page.place.name, page.place.latitude) == ("春晓社区", 30.4)
    assert [place.name for place in page.parents] == ["云溪区", "慢城街道"]
    assert page.children == 2
    assert [(contact.name, contact.of.code) for contact in page.contacts] == [("服务中心", "9901")]


def test_the_top_and_the_bottom_have_pages_too() -> None:
    top, bottom = _page("99"), _page("9901010101")
    assert (top.parents, top.children, top.contacts) == ((), 1, ())
    assert (len(bottom.parents), bottom.children, len(bottom.contacts)) == (4, 0, 1)


def test_an_unknown_code_has_no_page() -> None:
    for code in ("", "9", "99010199", "9901' OR 1=1"):
        assert pages.page(code) is None
