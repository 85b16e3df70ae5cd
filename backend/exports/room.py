"""All that is done with exports, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.audit.actions import Audit
from backend.exports.actions import Exports
from backend.exports.queries import ExportQueries
from backend.exports.work import Work
from backend.files.actions import Files
from backend.privacy.cipher import FieldCipher
from backend.storage.progress import Progress


@dataclass(frozen=True, slots=True)
class ExportRoom:
    actions: Exports
    queries: ExportQueries
    work: Work


@dataclass(frozen=True, slots=True)
class Parts:
    files: Files
    audit: Audit
    cipher: FieldCipher
    progress: Progress
    put: Callable[[str, dict[str, Any]], object]
    """Of the queue."""


def room(parts: Parts) -> ExportRoom:
    return ExportRoom(
        Exports(parts.files, parts.audit, parts.cipher, parts.put),
        ExportQueries(parts.cipher, parts.progress),
        Work(parts.files, parts.audit, parts.cipher, parts.progress),
    )
