"""A small street as chance would have it, and who of the staff may see whom in it: told by walking the tree, not by
comparing codes as the house does."""

from dataclasses import dataclass, field
from random import Random

from backend import clock
from backend.accounts.queries import Account
from backend.members import actions as members
from backend.members.rules import Application
from backend.permissions import EVERYWHERE, TABLE, Action, Actor, Grant
from backend.runtime import Runtime
from models.places import Place, PlaceLevel
from models.staff import Role
from tests import people

_LETTERS = "01aA"
_NAMES = ("陈秀兰", "陈秀梅", "陈秀")


@dataclass
class World:
    parents: dict[str, str] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)  # member → code, "" without a place
    hidden: set[int] = field(default_factory=set)
    numbers: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor(1, "li.si", "李四", "慢城街道", self.grants)

    def may(self, action: Action, code: str) -> bool:
        above = {EVERYWHERE, code, *self._ancestors(code)} if code else {EVERYWHERE}
        return any(grant.role in TABLE[action] and grant.place in above for grant in self.grants)

    def seen(self, action: Action = Action.SEE_MEMBERS) -> set[int]:
        return {who for who, code in self.homes.items() if who not in self.hidden and self.may(action, code)}

    def below(self, code: str) -> set[int]:
        return {who for who, home in self.homes.items() if home and code in (home, *self._ancestors(home))}

    def _ancestors(self, code: str) -> list[str]:
        found = []
        while code := self.parents[code]:
            found.append(code)
        return found


def world(runtime: Runtime, account: Account, chance: Random) -> World:
    made = World()
    for _ in range(14):
        _grow(made, chance)
    for number in range(12):
        _move_in(runtime, account, made, chance, number)
    places = [EVERYWHERE, *made.parents] if chance.random() < 0.3 else list(made.parents)
    made.grants = tuple(
        Grant(chance.choice(list(Role)), chance.choice(places), clock.ago(days=1))
        for _ in range(chance.randrange(1, 4))
    )
    return made


def _grow(made: World, chance: Random) -> None:
    """A place below another whose code starts with that one's, and with no longer one."""
    parent = chance.choice(["", *made.parents])
    code = parent + "".join(chance.choices(_LETTERS, k=chance.randrange(1, 3)))
    above = max((each for each in made.parents if code.startswith(each)), key=len, default="")
    between = any(each.startswith(code) for each in made.parents)
    if code in made.parents or above != parent or between or _depth(made, parent) > 4:
        return
    level = list(PlaceLevel)[_depth(made, parent)]
    above_id = Place.get(Place.code == parent).id if parent else None
    Place.create(code=code, name=f"地方{code}", level=level, parent=above_id, changed_at=clock.now())
    made.parents[code] = parent


def _depth(made: World, code: str) -> int:
    return 0 if not code else 1 + _depth(made, made.parents[code])


def _move_in(runtime: Runtime, account: Account, made: World, chance: Random, number: int) -> None:
    code = chance.choice(["", *made.parents])
    told = people.application(chance.choice(_NAMES))
    home = Place.get(Place.code == code).id if code else people.home("zz")
    told = Application(told.name, home, told.agreed)
    who = people.member(runtime, account, f"o{number}", people.number(number), told)
    made.homes[who], made.numbers[who], made.names[who] = code, people.number(number), told.name
    if not code:
        members.move(who, None)
    if chance.random() < 0.15:
        members.restrict(who)
        made.hidden.add(who)
