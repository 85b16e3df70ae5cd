"""What is on at a place: imported whole or not at all, and shown by the place and those below it until it is over."""

from datetime import datetime, timedelta

import pytest

from backend import clock
from backend.activities import actions, queries
from backend.errors import FieldError, InvalidInput
from backend.places import actions as places
from backend.runtime import Runtime
from backend.sheets.lines import Imported
from models.activities import Activity

PLACES = """code,name,level,parent,lat,lng
9901,慢城街道,street,,,
990101,春晓社区,community,9901,,
99010101,第一网格,grid,990101,,
990102,云溪社区,community,9901,,
"""
HEADER = "code,title,start,end,venue\n"
SHEET = HEADER + (
    "990101,包饺子，过冬至,2030-12-22 14:30,2030-12-22 16:30,社区活动室\n"
    "9901,招聘会,2030-12-20 09:00,2030-12-20 12:00,街道广场\n"
    "990102,义诊,2030-12-21 09:00,2030-12-21 11:00,\n"
).replace("，", "、")
NOON = datetime(2030, 12, 20, 12, 0, tzinfo=clock.BEIJING)


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(PLACES)


def _on(code: str, at: datetime) -> list[tuple[str, str]]:
    return [(each.title, each.of.name) for each in queries.on(code, at)]


def test_a_sheet_is_imported_and_repeating_it_changes_nothing() -> None:
    assert actions.import_sheet(SHEET) == Imported(added=3)
    before = list(Activity.select().order_by(Activity.id).dicts())
    assert actions.import_sheet("\ufeff" + SHEET.replace("\n", "\r\n")) == Imported(same=3)
    assert list(Activity.select().order_by(Activity.id).dicts()) == before


def test_a_place_shows_what_is_on_there_and_above_the_soonest_first() -> None:
    actions.import_sheet(SHEET)
    early = NOON - timedelta(days=1)
    both = [("招聘会", "慢城街道"), ("包饺子、过冬至", "春晓社区")]
    assert _on("990101", early) == _on("99010101", early) == both
    assert _on("9901", early) == [("招聘会", "慢城街道")]
    assert _on("nowhere", early) == []


@pytest.mark.parametrize(("at", "shown"), [(NOON - timedelta(seconds=1), 2), (NOON, 1)], ids=["under way", "over"])
def test_what_is_under_way_is_shown_and_what_is_over_is_not(at: datetime, shown: int) -> None:
    actions.import_sheet(SHEET)
    assert len(_on("990101", at)) == shown


def test_moments_are_beijing_s() -> None:
    actions.import_sheet(SHEET)
    [first, *_] = queries.on("9901", NOON - timedelta(days=1))
    assert clock.beijing(first.starts_at).isoformat() == "2030-12-20T09:00:00+08:00"


def test_what_is_not_in_the_sheet_any_more_is_taken_down_where_the_sheet_says_something() -> None:
    actions.import_sheet(SHEET)
    done = actions.import_sheet(HEADER + "990101,写春联,2031-01-20 09:00,2031-01-20 11:00,\n")
    assert done == Imported(added=1, removed=1)
    assert sorted(row.title for row in Activity.select()) == ["义诊", "写春联", "招聘会"]


def test_what_is_over_stays_whatever_the_sheet_says() -> None:
    actions.import_sheet(HEADER + "990101,重阳节,2020-10-25 09:00,2020-10-25 11:00,\n")
    assert actions.import_sheet(HEADER + "990101,写春联,2031-01-20 09:00,2031-01-20 11:00,\n") == Imported(added=1)
    assert Activity.select().count() == 2


def test_another_end_or_venue_is_a_change() -> None:
    actions.import_sheet(SHEET)
    assert actions.import_sheet(SHEET.replace("16:30", "17:00").replace("街道广场", "文化站")) == Imported(
        changed=2, same=1
    )


LINE = "990101,写春联,2031-01-20 09:00,2031-01-20 11:00,活动室"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (LINE.replace("990101", "990199"), "没有编码是"),
        (LINE.replace("写春联", ""), "活动名称不能空着"),
        (LINE.replace("写春联", "写" * 41), "活动名称不能空着"),
        (LINE.replace("活动室", "室" * 41), "地点最多"),
        (LINE.replace("活动室", "室\x07"), "地点最多"),
        (LINE.replace("活动室", "张三13800138000"), "不要写手机号"),
        (LINE.replace("2031-01-20 09:00", "明天"), "时间这样写"),
        (LINE.replace("2031-01-20 11:00", "2031-02-30 11:00"), "时间这样写"),
        (LINE.replace("11:00", "09:00"), "结束时间要在开始时间之后"),
        (f"{LINE}\n{LINE}", "和第 2 行重复"),
    ],
)
def test_a_bad_line_is_refused_with_a_sentence_and_nothing_is_imported(line: str, word: str) -> None:
    good = "9901,招聘会,2030-12-20 09:00,2030-12-20 12:00,\n"
    faults = _refused(HEADER + line + "\n" + good)
    assert [word in fault.message for fault in faults] == [True]


@pytest.mark.parametrize("header", ["code,title,start,end", "code,title,start,end,venue,民族"])
def test_another_header_is_refused(header: str) -> None:
    assert len(_refused(f"{header}\n")) == 1


def _refused(text: str) -> list[FieldError]:
    with pytest.raises(InvalidInput) as refused:
        actions.import_sheet(text)
    assert Activity.select().count() == 0
    return refused.value.errors
