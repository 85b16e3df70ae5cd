"""Who looks at which page of the console with what before her eyes: the paths that `benchmarks/pages.py` measures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from backend import spelling
from backend.permissions import EVERYWHERE, Action, Actor
from backend.places.scopes import ids_within
from backend.runtime import Runtime
from backend.staff import queries, sessions
from benchmarks import deskwork, population
from benchmarks.population import Resident
from console import Page, Permission
from console.desk import COOKIE
from models.exports import SheetExport
from models.imports import SheetImport
from models.members import Member
from models.merges import Double
from models.staff import Role
from tests.conftest import OFFICIAL

_DESKS = 8
"""Of each kind of staff: one person may ask for six hundred pages a minute."""

_STREET = dict.fromkeys((Role.LEADER, Role.CLERK, Role.LIAISON), ("9901",))
_HOUSE = dict.fromkeys((Role.ADMINISTRATOR, Role.LEADER, Role.EDITOR, Role.AUDITOR), (EVERYWHERE,))
_HERE_AND_THERE = ("990101", "990103", "990128", *(f"9901{number:02d}01" for number in range(10, 16)))
HELD: Mapping[str, Mapping[Role, tuple[str, ...]]] = {
    "everywhere": _HOUSE,
    "of the street": _STREET,
    "of a community": {Role.LEADER: ("990107",), Role.CLERK: ("990107",)},
    "of nine places": {Role.CLERK: _HERE_AND_THERE},
    "of a lane": {Role.CLERK: ("9901010101",), Role.AUDITOR: ("9901010101",)},
}

FILES = frozenset({"import_template", "import_result"})
"""Pages of the table that are none: what is downloaded."""

PARTS = frozenset({"import_state", "export_state", "wechat_state", "system_findings"})
"""Of a page that waits: they hold the line open, say one number, or examine the whole house in its background."""


@dataclass(frozen=True)
class Sight:
    """One kind of staff: the cookies of some of them, what they may do, and whom and what they find."""

    who: str
    cookies: list[str] = field(repr=False)
    actor: Actor
    place: str
    members: list[Resident] = field(repr=False)
    imports: list[int]
    exports: list[int]
    pairs: list[tuple[int, int]]
    only: str = ""
    """With what the names of the pages begin that she is asked for."""

    def path(self, page: str, number: int) -> str:
        """ "" for who cannot see it."""
        return PATHS[page](self, number) if page.startswith(self.only) else ""

    def cookie(self, number: int) -> str:
        return f"{COOKIE}={self.cookies[number % len(self.cookies)]}"

    def member(self, number: int) -> Resident:
        """Another one each time, from anywhere among them."""
        return self.members[number * 7919 % len(self.members)]


Visit = tuple[Sight, int, str]
"""Who, the how-many-eth time, the path."""

Path = Callable[[Sight, int], str]
"""The path of her page at that time; "" for who cannot see it."""


def open_eyes(runtime: Runtime) -> list[Sight]:
    everybody = list(population.residents())
    found = [_of_a_kind(runtime, everybody, who, held) for who, held in HELD.items()]
    return [*found, _who_brings(runtime, everybody)]


def _of_a_kind(runtime: Runtime, everybody: list[Resident], who: str, held: Mapping[Role, tuple[str, ...]]) -> Sight:
    logins = [f"{who.replace(' ', '.')}.{number}" for number in range(_DESKS)]
    actors = [deskwork.employ(runtime, login, held) for login in logins]
    return _sight(who, actors, everybody)


def _who_brings(runtime: Runtime, everybody: list[Resident]) -> Sight:
    """The one whose sheets they are: nobody else sees them."""
    account = queries.by_login(deskwork.CLERK)
    actor = queries.at_work(account.id) if account else None
    assert actor is not None
    return replace(_sight("who brings sheets", [actor], everybody), only="import")


def _sight(who: str, actors: list[Actor], everybody: list[Resident]) -> Sight:
    actor = actors[0]
    exports = [row.id for row in SheetExport.select(SheetExport.id).order_by(SheetExport.id).limit(100)]
    return Sight(
        who=who,
        cookies=[sessions.begin(each.staff_id, "电脑", "127.0.0.1") for each in actors],
        actor=actor,
        place="990107",
        members=_hers(actor, everybody),
        imports=[row.id for row in SheetImport.select().where(SheetImport.staff == actor.staff_id)],
        exports=exports if actor.may(Action.APPROVE_EXPORTS, "9901") else [],
        pairs=[(row.one_id, row.other_id) for row in Double.select().limit(1000)] if _merges(actor) else [],
    )


def _merges(actor: Actor) -> bool:
    return actor.may(Action.MERGE_MEMBERS, "9901")


def _hers(actor: Actor, everybody: list[Resident]) -> list[Resident]:
    if not actor.may(Action.SEE_MEMBERS):
        return []
    scope = actor.scope(Action.SEE_MEMBERS)
    rows = Member.select(Member.id)
    rows = rows if scope.everywhere else rows.where(Member.place.in_(ids_within(scope)))
    return [everybody[row.id - 1] for row in rows]


def _where(asks: Action | None, path: str) -> Path:
    """A page that is the same each time."""
    return lambda sight, _: path if asks is None or sight.actor.may(asks) else ""


def _of_member(told: Callable[[Resident], str]) -> Path:
    return lambda sight, number: told(sight.member(number)) if sight.members else ""


def _list(told: Callable[[Resident], str]) -> Path:
    return _of_member(lambda member: f"/console/members?q={quote(told(member))}")


def _sound(name: str) -> str:
    """As somebody types it: the syllables of all of it, joined."""
    return "".join(spelling.syllables(name, as_name=True))


def _of(kind: Callable[[Sight], list[int]], path: str) -> Path:
    return lambda sight, number: path.format(kind(sight)[number % len(kind(sight))]) if kind(sight) else ""


def _pair(sight: Sight, number: int) -> str:
    if not sight.pairs:
        return ""
    one, other = sight.pairs[number % len(sight.pairs)]
    return f"/console/members/{one}/merge?other={other}"


def _in_place(asks: Action, path: str) -> Path:
    return lambda sight, _: path.format(sight.place) if sight.actor.may(asks, sight.place) else ""


_A = Action
PATHS: Mapping[str, Path] = {
    "home": _where(None, "/console/"),
    "search: a name": _of_member(lambda who: f"/console/search?q={quote(who.name)}"),
    "search: a sound": _of_member(lambda who: f"/console/search?q={_sound(who.name)}"),
    "search: a number": _of_member(lambda who: f"/console/search?q={who.phone[3:]}"),
    "search: a place": _where(None, f"/console/search?q={quote('花生巷')}"),
    "account": _where(None, "/console/account"),
    "account_password": _where(None, "/console/account/password"),
    "account_codes": _where(None, "/console/account/codes"),
    "account_wechat": _where(None, "/console/account/wechat"),
    "members": _where(_A.SEE_MEMBERS, "/console/members"),
    "members: later": _of_member(lambda who: f"/console/members?cursor={who.id + 1}"),
    "members: a name": _list(lambda who: who.name),
    "members: two characters": _list(lambda who: who.name[:2]),
    "members: a surname": _list(lambda who: who.name[0]),
    "members: a sound": _list(lambda who: _sound(who.name)),
    "members: initials": _list(lambda who: spelling.initials(who.name, as_name=True)),
    "members: a number": _list(lambda who: who.phone[3:]),
    "members: nobody": _list(lambda who: f"{who.name}鑫淼焱"),
    "members: of a place": _in_place(_A.SEE_MEMBERS, "/console/members?place={}"),
    "members: a name, a place": lambda sight, number: (
        f"/console/members?place={sight.place}&q={quote(sight.member(number).name[0])}"
        if sight.actor.may(_A.SEE_MEMBERS, sight.place)
        else ""
    ),
    "member_counts": _where(_A.SEE_MEMBERS, "/console/members/counts"),
    "member_code": _where(_A.CONFIRM_NUMBERS, "/console/members/code"),
    "member": _of_member(lambda who: f"/console/members/{who.id}"),
    "member_merge": _pair,
    "quality": _where(_A.MEND_DATA, "/console/quality"),
    "quality_pairs": _where(_A.MEND_DATA, "/console/quality/pairs"),
    "quality_members: number": _where(_A.MEND_DATA, "/console/quality/members/number"),
    "quality_members: place": _where(_A.MEND_DATA, "/console/quality/members/place"),
    "quality_wechats": _where(_A.MEND_DATA, "/console/quality/wechats"),
    "quality_lanes": _where(_A.MEND_DATA, "/console/quality/lanes"),
    "staff": _where(_A.MANAGE_STAFF, "/console/staff"),
    "staff_new": _where(_A.MANAGE_STAFF, "/console/staff/new"),
    "staff_one": lambda sight, number: f"/console/staff/{number % 200 + 1}" if sight.actor.may(_A.MANAGE_STAFF) else "",
    "staff_roles": _where(None, "/console/staff/roles"),
    "places": _where(_A.SEE_PLACES, "/console/places"),
    "place_new": _in_place(_A.EDIT_PLACES, "/console/places/new?parent={}"),
    "place": _in_place(_A.SEE_PLACES, "/console/places/{}"),
    "place_edit": _in_place(_A.EDIT_PLACES, "/console/places/{}/edit"),
    "imports": _where(_A.IMPORT, "/console/imports"),
    "import_new": _where(_A.IMPORT, "/console/imports/new"),
    "import: small": _of(lambda sight: sight.imports[:-2], "/console/imports/{}"),
    "import: 100,000 lines": _of(lambda sight: sight.imports[-2:], "/console/imports/{}?outcome=added&cursor=50000"),
    "invitations": _where(_A.IMPORT, "/console/invitations"),
    "exports": _where(_A.EXPORT, "/console/exports"),
    "export_new": _where(_A.EXPORT, "/console/exports/new"),
    "export": _of(lambda sight: sight.exports, "/console/exports/{}"),
    "replies": _where(_A.EDIT_REPLIES, "/console/replies"),
    "reply_text": _where(_A.EDIT_REPLIES, f"/console/replies/{OFFICIAL.app_id}/texts/welcome"),
    "reply_answer": _where(_A.EDIT_REPLIES, f"/console/replies/{OFFICIAL.app_id}/answers/0"),
    "menus": _where(_A.EDIT_REPLIES, "/console/menus"),
    "menu_edit": _where(_A.EDIT_REPLIES, f"/console/menus/{OFFICIAL.app_id}/edit"),
    "texts": _where(_A.EDIT_TEXTS, "/console/texts"),
    "text": _where(_A.EDIT_TEXTS, "/console/texts/membership"),
    "text_new": _where(_A.EDIT_TEXTS, "/console/texts/membership/new"),
    "system": _where(_A.SEE_HEALTH, "/console/system"),
    "system_quotas": _where(_A.SEE_HEALTH, f"/console/system/quotas/{OFFICIAL.app_id}"),
    "audit": _where(_A.READ_AUDIT, "/console/audit"),
    "audit: an act": _where(_A.READ_AUDIT, "/console/audit?action=see_contacts"),
    "audit: one of the staff": _where(_A.READ_AUDIT, "/console/audit?login=clerk.7&since=2025-03-01&until=2025-03-31"),
    "audit: a member": lambda sight, number: (
        f"/console/audit?kind=member&subject={number * 7919 % population.MEMBERS + 1}"
        if sight.actor.may(_A.READ_AUDIT)
        else ""
    ),
    "audit: nothing": _where(_A.READ_AUDIT, "/console/audit?login=nobody"),
}
"""Each begins with the name of its page in the console's table; what follows a colon is what is asked of it."""


def require_all(table: Iterable[Page]) -> None:
    """Raises AssertionError for a page that is in the console and not here."""
    inside = {page.name for page in table if "GET" in page.methods and _is_inside(page)}
    missing = inside - {name.partition(":")[0] for name in PATHS} - FILES - PARTS - {"nowhere"}
    assert not missing, f"these pages are not measured: {', '.join(sorted(missing))}"


def _is_inside(page: Page) -> bool:
    return isinstance(page.asks, Action) or page.asks is Permission.STAFF
