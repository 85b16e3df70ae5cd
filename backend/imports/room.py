"""All that is done with imports, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.audit.actions import Audit
from backend.files.actions import Files
from backend.imports.actions import Imports
from backend.imports.queries import ImportQueries
from backend.imports.table import Kinds, kinds
from backend.imports.work import Work
from backend.invitations.actions import Invitations
from backend.storage.progress import Progress


@dataclass(frozen=True, slots=True)
class ImportRoom:
    kinds: Kinds
    actions: Imports
    queries: ImportQueries
    work: Work


@dataclass(frozen=True, slots=True)
class Parts:
    files: Files
    audit: Audit
    invitations: Invitations
    progress: Progress
    put: Callable[[str, dict[str, Any]], object]
    """Of the queue."""


def room(parts: Parts) -> ImportRoom:
    known = kinds(parts.invitations, parts.audit)
    return ImportRoom(
        known,
        Imports(parts.files, parts.audit, known, parts.put),
        ImportQueries(parts.files, known, parts.progress),
        Work(parts.files, parts.audit, known, parts.progress),
    )
