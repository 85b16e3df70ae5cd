"""What a sheet of contacts must hold, and which contacts a place shows: its own, else those of a place above it. Pure.

A sheet has the columns `code,role,name,phone,hours`; their order is the order in which a place shows them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from backend.places.rules import CODE
from backend.sheets.cells import UNSTORABLE
from backend.sheets.columns import Column, Columns, Holds
from backend.sheets.lines import LineFault, Row, fault
from models.places import ContactRole

COLUMNS = Columns(
    (
        CODE,
        Column("role", "角色", ("职务", "岗位")),
        Column("name", "称呼", ("姓名", "名称", "联系人")),
        Column("phone", "电话", ("联系电话", "电话号码", "值班电话", "手机", "手机号"), Holds.DIGITS),
        Column("hours", "时间", ("值班时间", "服务时间", "工作时间")),
    )
)
ROLES = {
    ContactRole.LIAISON: "联络员",
    ContactRole.OFFICE: "服务站",
    ContactRole.POLICE: "民警",
    ContactRole.PROPERTY: "物业",
    ContactRole.DOCTOR: "家庭医生",
}
"""As the sheet may name them too."""

_BY_NAME = {name: role for role, title in ROLES.items() for name in (role.value, title)}
_PHONE = re.compile("[0-9][0-9-]{1,18}[0-9]")
_TOO_LONG = re.compile("[0-9]{15}")  # no telephone number has so many digits at a stretch, identity numbers have


@dataclass(frozen=True)
class ContactLine:
    code: str
    role: ContactRole
    name: str
    phone: str
    hours: str

    @property
    def who(self) -> tuple[str, ContactRole, str, str]:
        """Whatever else changes, this is the same contact."""
        return self.code, self.role, self.name, self.phone


def read_line(number: int, row: Row) -> ContactLine | LineFault:
    """The contact of one line, or what is wrong with it."""
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS.needed}
    wrong = _fault(cells)
    if wrong is not None:
        return fault(number, wrong)
    return ContactLine(cells["code"], _BY_NAME[cells["role"]], cells["name"], cells["phone"], cells["hours"])


def _fault(cells: dict[str, str]) -> str | None:
    if cells["role"] not in _BY_NAME:
        known = "、".join(f"{role}（{title}）" for role, title in ROLES.items())
        return f"角色「{cells['role']}」不认识，可以写 {known}。"
    if not cells["name"] or len(cells["name"]) > 20 or UNSTORABLE.search(cells["name"]):
        return "称呼不能空着，最多 20 个字，不能有控制字符。"
    if not _PHONE.fullmatch(cells["phone"]) or _TOO_LONG.search(cells["phone"]):
        return "电话写 3 到 20 位数字，可以用 - 隔开；不能写身份证号。"
    if len(cells["hours"]) > 40 or UNSTORABLE.search(cells["hours"]):
        return "时间最多 40 个字，不能有控制字符。"
    return None


Held = TypeVar("Held")


def shown(chain: Sequence[Sequence[tuple[ContactRole, Held]]]) -> list[Held]:
    """From the contacts of a place and of those above it, nearest first: of each role those of the nearest with any."""
    found: list[Held] = []
    had: set[ContactRole] = set()
    for contacts in chain:
        found += [contact for role, contact in contacts if role not in had]
        had |= {role for role, _ in contacts}
    return found
