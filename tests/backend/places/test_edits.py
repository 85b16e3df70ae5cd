"""Places edited one by one: inside one's own scope, as searchable as imported ones, and never out from under people."""

import pytest

from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.heads import actions as heads
from backend.permissions import Actor
from backend.places import actions, edits, queries, search, trees
from backend.places.edits import Told
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.places import Place, PlaceLevel
from models.staff import Role
from tests import people, staff

SHEET = """code,name,level,parent,lat,lng
99,云溪区,district,,,
9901,慢城街道,street,99,,
990101,春晓社区,community,9901,30.4,112.8
990102,石桥社区,community,9901,,
99010101,第一网格,grid,990101,,
"""


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(SHEET)


@pytest.fixture
def clerk(runtime: Runtime) -> Actor:
    return staff.actor(runtime, (Role.CLERK, "9901"))


def test_a_new_name_is_found_and_the_old_one_is_not(runtime: Runtime, clerk: Actor) -> None:
    before = edits.change(runtime.audit, clerk, "990101", Told("杏花社区", "30.5", "112.9"))
    assert before == Told("春晓社区", "30.400000", "112.800000")
    assert [each.place.code for each in search.find("xinghua")] == ["990101"]
    assert search.find("春晓") == []
    edits.change(runtime.audit, clerk, "990101", before)
    assert [each.place.name for each in search.find("cx")] == ["春晓社区"]
    assert AuditEntry.select().where(AuditEntry.action == "edit_places").count() == 2


def test_a_place_is_added_below_another_and_taken_away_again(runtime: Runtime, clerk: Actor) -> None:
    edits.add(runtime.audit, clerk, "99010101", "9901010101", PlaceLevel.LANE, Told("花生巷 1 号"))
    assert [each.code for each in trees.children(clerk, "99010101")] == ["9901010101"]
    with pytest.raises(Conflict, match="下面还有"):
        edits.remove(runtime.audit, clerk, "99010101")
    edits.remove(runtime.audit, clerk, "9901010101")
    assert queries.by_code("9901010101") is None


@pytest.mark.parametrize(
    ("parent", "code", "level", "told", "words"),
    [
        ("990101", "990102", PlaceLevel.GRID, Told("甲"), "开头"),
        ("990101", "9901019", PlaceLevel.STREET, Told("甲"), "级别"),
        ("9901", "99010", PlaceLevel.COMMUNITY, Told("甲"), "开头|下面"),
        ("9901", "9901011", PlaceLevel.COMMUNITY, Told("甲"), "春晓|下面|开头"),
        ("9901", "990103", PlaceLevel.COMMUNITY, Told(""), "名称"),
        ("9901", "990103", PlaceLevel.COMMUNITY, Told("甲", "91", "0"), "纬度"),
        ("9901", "990103", PlaceLevel.COMMUNITY, Told("甲", "30", ""), "度数"),
        ("9901", "99-0103", PlaceLevel.COMMUNITY, Told("甲"), "编码"),
    ],
)
def test_what_would_break_the_tree_is_refused(
    runtime: Runtime, clerk: Actor, parent: str, code: str, level: PlaceLevel, told: Told, words: str
) -> None:
    before = Place.select().count()
    with pytest.raises(InvalidInput, match=words):
        edits.add(runtime.audit, clerk, parent, code, level, told)
    assert Place.select().count() == before


def test_a_code_is_given_once(runtime: Runtime, clerk: Actor) -> None:
    with pytest.raises(Conflict, match="已经有了"):
        edits.add(runtime.audit, clerk, "9901", "990101", PlaceLevel.COMMUNITY, Told("又一个"))


def test_nobody_edits_outside_her_scope(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.CLERK, "990101"), login="here")
    with pytest.raises(NotFound):
        edits.change(runtime.audit, hers, "990102", Told("别处"))
    with pytest.raises(NotFound):
        edits.remove(runtime.audit, hers, "9901")
    for parent in ("9901", "990102", ""):
        with pytest.raises(Forbidden):
            edits.add(runtime.audit, hers, parent, f"{parent}77", PlaceLevel.GRID, Told("别处"))
    with pytest.raises(NotFound):
        trees.one(hers, "990102")
    assert [each.code for each in trees.roots(hers)] == ["990101"]
    reader = staff.actor(runtime, (Role.LEADER, ""), login="reader")
    with pytest.raises(Forbidden):
        edits.change(runtime.audit, reader, "990101", Told("看的人"))


def test_a_place_stays_while_somebody_lives_there_or_answers_for_it(
    runtime: Runtime, account: Account, clerk: Actor
) -> None:
    member_id = people.member(runtime, account)
    lives = Place.get_by_id(people.home())
    with pytest.raises(Conflict, match=r"下面还有|住在这里"):
        edits.remove(runtime.audit, clerk, lives.code)
    heads.appoint(member_id, "99010101")
    with pytest.raises(Conflict, match="楼栋长"):
        edits.remove(runtime.audit, clerk, "99010101")
    assert queries.by_code("99010101") is not None


def test_a_change_is_taken_back_unless_somebody_has_changed_it_since(runtime: Runtime, clerk: Actor) -> None:
    told = Told("杏花社区", "30.5", "112.9")
    before = edits.change(runtime.audit, clerk, "990101", told)
    edits.take_back(runtime.audit, clerk, "990101", told, before)
    assert _told("990101") == before
    edits.change(runtime.audit, clerk, "990101", told)
    edits.change(runtime.audit, clerk, "990101", Told("桃花社区", "30.5", "112.9"))
    with pytest.raises(Conflict):
        edits.take_back(runtime.audit, clerk, "990101", told, before)
    assert _told("990101").name == "桃花社区"


def _told(code: str) -> Told:
    place = Place.get(Place.code == code)
    return Told(place.name, f"{place.latitude:.6f}", f"{place.longitude:.6f}")
