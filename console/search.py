"""The one search box: members, places and pages, as far as they are hers to see."""

from typing import Any

from flask import Response

from backend.errors import InvalidInput
from backend.permissions import Action
from backend.places import search as places
from backend.places.search import Found
from backend.reception.masked import MaskedMember
from console import forms, members, navigation
from console.desk import Desk
from console.navigation import Entry
from models.places import PlaceLevel

LONGEST = 64
MOST = 10


def show(here: Desk) -> Response:
    typed = forms.asked("q", LONGEST)
    found: dict[str, Any] = {"members": [], "places": [], "pages": []}
    if typed:
        found = {"members": _members(here, typed), "places": _places(here, typed), "pages": _pages(here, typed)}
    return here.page("search/show.html", title=f"搜「{typed}」" if typed else "搜索", q=typed, **found)


def _members(here: Desk, typed: str) -> list[MaskedMember]:
    if not here.actor.may(Action.SEE_MEMBERS):
        return []
    return members.found(here, typed).items[:MOST]


def _places(here: Desk, typed: str) -> list[Found]:
    scope = here.actor.reach(Action.SEE_PLACES)
    if not scope.codes:
        return []
    try:
        return places.find(typed, tuple(PlaceLevel), MOST, scope)
    except InvalidInput:
        return []  # nothing that a place could be called


def _pages(here: Desk, typed: str) -> list[Entry]:
    entries = [entry for group in navigation.groups(here.actor, "") for entry in group.entries]
    return [entry for entry in entries if typed in entry.title]
