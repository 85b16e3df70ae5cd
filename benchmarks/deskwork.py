"""What three years of a street's offices leave behind: two hundred staff, their audit, sheets, heads and doubles."""

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from peewee import Model

from backend import clock
from backend.exports.actions import Wish
from backend.permissions import TABLE, Actor
from backend.quality import doubles, weeks
from backend.runtime import Runtime
from backend.sheets.writing import Form, written
from backend.staff import actions as accounts
from backend.staff import grants, queries
from backend.staff.actions import NewStaff
from backend.storage.dialects import run
from backend.storage.statements import insert_all
from benchmarks import population
from jobs import worker
from models.audit import AuditEntry, AuditTail, Outcome
from models.exports import ExportKind
from models.followers import WechatIdentity
from models.heads import LaneHead
from models.imports import ImportKind
from models.members import Member
from models.places import Place, PlaceLevel
from models.quality import QualityWeek
from models.staff import Role, Staff, StaffState

CLERK = "clerk.of.street"
"""Who brings the sheets."""

STAFF = 200
ENTRIES = 1_000_000
SHEETS = 300
INVITED = 100_000
_AT_ONCE = 2_000
_DAYS = 3 * 365
_COLUMNS = (
    *("number", "happened_at", "staff_number", "login", "role", "address", "action"),
    *("subject_kind", "subject", "place", "outcome", "facts", "previous", "digest"),
)


def leave(runtime: Runtime, folder: Path) -> None:
    """Rows that no query can tell from those of real work; the sheets are really brought and looked through."""
    some = random.Random(49)
    clerk = employ(runtime, CLERK, {Role.CLERK: ("9901",)})
    for number in range(STAFF):
        employ(runtime, f"clerk.{number}", {Role.CLERK: (f"9901{number % 28 + 1:02d}",)})
    _entries(some)
    _faults()
    _heads(some)
    _weeks()
    _sheets(runtime, clerk, folder / "invitations.xlsx")
    doubles.find(runtime.cipher)
    run("VACUUM ANALYZE")


def employ(runtime: Runtime, login: str, held: Mapping[Role, Iterable[str]]) -> Actor:
    """Somebody at work with these roles, each at these places."""
    (first, where), *_ = [(role, place) for role, places in held.items() for place in places]
    told = NewStaff(login, "张敏", "慢城街道办事处", first, where, None)
    staff_id = accounts.add(runtime.audit, None, told).staff_id
    Staff.update(state=StaffState.ACTIVE).where(Staff.id == staff_id).execute()
    for role, places in held.items():
        for place in places:
            if (role, place) != (first, where):
                grants.give(None, staff_id, role, place, None)
    found = queries.at_work(staff_id)
    assert found is not None
    return found


def _entries(some: random.Random) -> None:
    """Their digests fit nothing: pages do not ask for them, `verify-audit` does."""
    last, now = AuditEntry.select().count(), clock.now().replace(tzinfo=None)
    actions = [action.value for action in TABLE]
    rows = (
        (
            last + number + 1,
            now - timedelta(days=_DAYS * (1 - number / ENTRIES)),
            number % STAFF + 2,
            f"clerk.{number % STAFF}",
            "clerk",
            "127.0.0.1",
            some.choice(actions),
            "member",
            str(some.randrange(population.MEMBERS) + 1),
            f"9901{some.randrange(28) + 1:02d}",
            Outcome.DONE.value,
            "{}",
            f"{number:064d}",
            f"{number + 1:064d}",
        )
        for number in range(ENTRIES)
    )
    population.copy(AuditEntry, _COLUMNS, rows)
    AuditTail.update(number=last + ENTRIES, digest=f"{ENTRIES:064d}").execute()


def _put(table: type[Model], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        insert_all(table, rows[start : start + _AT_ONCE])


def _faults() -> None:
    """One of fifty has no number any more, and one of fifty a WeChat the platform does not write to."""
    without = {"phone": None, "phone_digest": None, "phone_proof": None}
    Member.update(without).where(Member.id.in_(list(range(50, population.MEMBERS, 50)))).execute()
    silent = WechatIdentity.id.in_(list(range(1, population.MEMBERS, 50)))
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(silent).execute()


def _heads(some: random.Random) -> None:
    lanes = Place.select(Place.id).where(Place.level == PlaceLevel.LANE)
    rows = [{"member": some.randrange(population.MEMBERS) + 1, "place": row.id, "since": clock.now()} for row in lanes]
    _put(LaneHead, rows)


def _weeks() -> None:
    """Half a year of them, as this one is."""
    weeks.take()
    names = [name for name in QualityWeek._meta.fields if name != "id"]
    now = [{name: getattr(row, name) for name in names} for row in QualityWeek.select()]
    for back in range(1, weeks.SHOWN):
        day = clock.beijing(clock.now()).date() - timedelta(weeks=back)
        monday = (day - timedelta(days=day.weekday())).isoformat()
        _put(QualityWeek, [{**row, "week": monday} for row in now])


def _sheets(runtime: Runtime, clerk: Actor, sheet: Path) -> None:
    """One large sheet confirmed, one waiting; the others are small."""
    leader = employ(runtime, "leader.of.street", {Role.LEADER: ("9901",)})
    for number in range(SHEETS):
        wish = Wish(ExportKind.HEADS, Form.CSV, f"9901{number % 28 + 1:02d}", "楼栋长、巷长通讯名单")
        if (export := runtime.exports.actions.ask(clerk, wish)) and number % 10 == 0:
            runtime.exports.actions.approve(leader, export)
    small = [_bring(runtime, clerk, sheet, range(number * 10, number * 10 + 10)) for number in range(SHEETS)]
    large = _bring(runtime, clerk, sheet, range(INVITED))
    _bring(runtime, clerk, sheet, range(INVITED, 2 * INVITED))
    runtime.queue.work_off(worker.works(runtime))
    for number in (*small, large):
        view = runtime.imports.queries.one(clerk, number)
        runtime.imports.actions.confirm(clerk, number, view.fingerprint)
    runtime.queue.work_off(worker.works(runtime))


def _bring(runtime: Runtime, clerk: Actor, sheet: Path, numbers: range) -> int:
    with sheet.open("wb") as target, written(Form.CSV, target, ["手机", "编码"]) as writer:
        for number in numbers:
            writer.write([f"138{number:08d}", "990101"])
    return runtime.imports.actions.upload(clerk, ImportKind.INVITATIONS, "sheet.csv", sheet.read_bytes())
