"""An import as the staff lead it: uploaded, confirmed, withdrawn, undone.

The sheet is read while it is uploaded: what is refused then has never been stored. Checking and writing are a worker's
(`backend/imports/work.py`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from backend import clock
from backend.audit.actions import Audit
from backend.errors import Conflict, InvalidInput
from backend.files.actions import Files
from backend.imports import moves, rules
from backend.imports.kinds import Author
from backend.imports.papers import Papers
from backend.imports.table import Kinds
from backend.permissions import Actor
from backend.sheets import reading
from backend.storage.database import in_transaction
from models.imports import ImportKind, ImportState, SheetImport

CHECK, WRITE = "check_import", "write_import"
"""Tasks of the queue."""

_S = ImportState


class Imports:
    def __init__(self, files: Files, audit: Audit, kinds: Kinds, put: Callable[[str, dict[str, Any]], object]) -> None:
        self.kinds, self._files, self._papers, self._audit, self._put = kinds, files, Papers(files), audit, put

    def upload(self, actor: Actor, kind: ImportKind, name: str, data: bytes) -> int:
        """Answers the id. Raises InvalidInput for what is no sheet of this kind, and stores nothing of it."""
        chosen, now = self.kinds[kind], clock.now()
        rules.reach(actor, chosen.asks)
        rows = list(reading.rows(data, chosen.columns, name))
        if not rows:
            raise InvalidInput("sheet_empty", "表里只有表头，没有要导入的行。")
        if len(rows) > chosen.most:
            raise InvalidInput("too_many_rows", f"这种表一次最多导入 {chosen.most} 行，请分成几张表。")
        file_id = self._papers.keep_rows(rows, name, now + rules.PATIENCE + rules.KEPT)

        def work() -> int:
            row = {"kind": kind, "staff": actor.staff_id, "login": actor.login, "sheet": file_id, "lines": len(rows)}
            made = SheetImport.create(**row, uploaded_at=now)
            moves.record(self._audit, actor, made, "uploaded", lines=len(rows))
            return int(made.id)

        try:
            number = in_transaction(work)
        except BaseException:
            self._files.drop([file_id])
            raise
        self._put(CHECK, {"import": number})
        return number

    def confirm(self, actor: Actor, import_id: int, fingerprint: str) -> None:
        """Raises Conflict when it is not waiting for that, or when the report is another than she was shown."""

        def work() -> None:
            row = moves.mine(actor, import_id)
            rules.reach(actor, self.kinds[row.kind].asks)
            if row.state is _S.CHECKED and row.fingerprint != fingerprint:
                raise Conflict("report_changed", "检查的结果已经变了，请再看一遍。")
            moves.require(row, _S.CONFIRMED, confirmed_at=clock.now(), why="")
            moves.record(self._audit, actor, row, "confirmed")

        in_transaction(work)
        self._put(WRITE, {"import": import_id})

    def withdraw(self, actor: Actor, import_id: int) -> None:
        """Raises Conflict when it is too late for that."""

        def work() -> None:
            row = moves.mine(actor, import_id)
            self._withdraw(row, "")
            moves.record(self._audit, actor, row, "withdrawn")

        in_transaction(work)

    def undo(self, actor: Actor, import_id: int) -> None:
        """What it wrote is as if it had not. Raises Conflict when it is too late, or others have built on it, and
        Forbidden when any place of it is not in her scope any more: nothing is undone by halves."""

        def work() -> None:
            row = moves.mine(actor, import_id)
            kind = self.kinds[row.kind]
            rules.reach(actor, kind.asks)
            if not rules.can_undo(row.state, kind.undoable, row.ended_at, clock.now()):
                raise Conflict("too_late", "这次导入不能撤销了。")
            changes = self._papers.changes(row.changes_id) if row.changes_id is not None else ()
            author = Author(actor, row.id)
            rules.require_places(actor, kind.asks, kind.touched(author, changes))
            moves.require(row, _S.UNDONE)
            kind.undo(author, changes)
            moves.record(self._audit, actor, row, "undone")

        in_transaction(work)

    def withdraw_forgotten(self, limit: int = 100) -> int:
        """Those that nobody has confirmed for a day, a slice; answers how many went."""
        waiting = SheetImport.state.in_([_S.UPLOADED, _S.CHECKED])
        old = SheetImport.uploaded_at < clock.now() - rules.PATIENCE
        rows = list(SheetImport.select().where(waiting, old).limit(limit))
        return sum(in_transaction(partial(self._forget, row)) for row in rows)

    def put_again(self, limit: int = 100) -> int:
        """Tasks that were lost with their worker; answers how many."""
        late = clock.now() - rules.AGAIN
        checks = (SheetImport.state == _S.UPLOADED) & (SheetImport.uploaded_at < late)
        writes = (SheetImport.state == _S.CONFIRMED) & (SheetImport.confirmed_at < late)
        rows = list(SheetImport.select(SheetImport.id, SheetImport.state).where(checks | writes).limit(limit))
        for row in rows:
            self._put(CHECK if row.state is _S.UPLOADED else WRITE, {"import": row.id})
        return len(rows)

    def _withdraw(self, row: SheetImport, why: str) -> None:
        moves.require(row, _S.WITHDRAWN, ended_at=clock.now(), why=why)
        self._files.drop(moves.files_of(row))

    def _forget(self, row: SheetImport) -> bool:
        if not moves.is_still(row):
            return False
        self._withdraw(row, "一天没有确认，已经自动撤回。")
        return True
