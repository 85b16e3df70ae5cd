"""A member whom the actor may see at all: the door of every verb that is about one."""

from backend.errors import NotFound
from backend.members import actions as members
from backend.members.queries import Person
from backend.members.search import Search
from backend.permissions import Action, Actor

_LARGEST = 2**31 - 1
_GONE = "没有这位成员，或者不在您的范围里。"


def find(search: Search, actor: Actor, member_id: int, action: Action = Action.SEE_MEMBERS) -> Person:
    """Raises NotFound for whoever lives outside the actor's scope, as for nobody; Forbidden where the actor may see her
    and not do this."""
    scope = actor.scope(Action.SEE_MEMBERS)
    person = search.by_id(member_id, scope) if 0 < member_id <= _LARGEST else None
    if person is None:
        raise NotFound("no_member", _GONE)
    actor.require(action, person.place_code)
    return person


def held(search: Search, actor: Actor, member_id: int, action: Action) -> Person:
    """As `find`, under her row's lock: at this moment she may be taking something back, or leaving. Inside the caller's
    transaction."""
    find(search, actor, member_id, action)
    members.take(member_id)
    return find(search, actor, member_id, action)
