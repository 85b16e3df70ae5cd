"""What a sheet of activities must hold. Pure.

A sheet has the columns `code,title,start,end,venue`; moments are written 2026-12-01 14:30, in Beijing's time.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.places.rules import CODE
from backend.sheets.cells import UNSTORABLE
from backend.sheets.columns import Column, Columns, Holds
from backend.sheets.lines import LineFault, Row, fault

COLUMNS = Columns(
    (
        CODE,
        Column("title", "活动", ("活动名称", "名称", "主题")),
        Column("start", "开始", ("开始时间",), Holds.MOMENT),
        Column("end", "结束", ("结束时间",), Holds.MOMENT),
        Column("venue", "地点", ("活动地点", "场地")),
    )
)
LONGEST = 40
"""Characters of a title or a venue."""

_MOMENT = "%Y-%m-%d %H:%M"
_NUMBER = re.compile("[0-9]{11}")  # a mobile or an identity number: whom to call stands among the contacts of the place


@dataclass(frozen=True)
class ActivityLine:
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str

    @property
    def which(self) -> tuple[str, datetime, str]:
        """Whatever else changes, this is the same activity."""
        return self.code, self.starts_at, self.title


def read_line(number: int, row: Row) -> ActivityLine | LineFault:
    """The activity of one line, or what is wrong with it."""
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS.needed}
    starts_at, ends_at = _moment(cells["start"]), _moment(cells["end"])
    if starts_at is None or ends_at is None:
        return fault(number, "时间这样写：2026-12-01 14:30。")
    if ends_at <= starts_at:
        return fault(number, "结束时间要在开始时间之后。")
    wrong = _fault(cells)
    if wrong is not None:
        return fault(number, wrong)
    return ActivityLine(cells["code"], cells["title"], starts_at, ends_at, cells["venue"])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=clock.BEIJING)
    except ValueError:
        return None


def _fault(cells: dict[str, str]) -> str | None:
    if not cells["title"] or len(cells["title"]) > LONGEST or UNSTORABLE.search(cells["title"]):
        return f"活动名称不能空着，最多 {LONGEST} 个字，不能有控制字符。"
    if len(cells["venue"]) > LONGEST or UNSTORABLE.search(cells["venue"]):
        return f"地点最多 {LONGEST} 个字，不能有控制字符。"
    if any(_NUMBER.search(cells[name]) for name in ("title", "venue")):
        return "名称和地点里不要写手机号、证件号；联系电话请写进联系人的表。"
    return None
