"""Every kind of sheet that can be imported, on one page."""

from collections.abc import Mapping
from typing import Any

from backend.audit.actions import Audit
from backend.imports import boards
from backend.imports.heads import Heads
from backend.imports.invitations import Neighbours
from backend.imports.kinds import Kind
from backend.imports.places import Places
from backend.invitations.actions import Invitations
from models.imports import ImportKind

Kinds = Mapping[ImportKind, Kind[Any]]


def kinds(invitations: Invitations, audit: Audit) -> Kinds:
    return {
        ImportKind.INVITATIONS: Neighbours(invitations),
        ImportKind.HEADS: Heads(invitations, audit),
        ImportKind.PLACES: Places(),
        ImportKind.CONTACTS: boards.CONTACTS,
        ImportKind.ACTIVITIES: boards.ACTIVITIES,
    }
