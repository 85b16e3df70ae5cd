"""An export as the staff lead it: asked for, let go or not, its password shown once, its file taken away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from backend import clock
from backend.audit.actions import Audit
from backend.errors import Conflict, Forbidden
from backend.exports import moves, rules
from backend.files.actions import Files
from backend.permissions import Action as Asked
from backend.permissions import Actor, refused
from backend.places import queries as places
from backend.privacy.cipher import FieldCipher
from backend.sheets.writing import Form
from backend.staff import queries as staff
from backend.storage.database import in_transaction
from models.exports import ExportKind, ExportState, SheetExport
from models.marks import purpose_of

WRITE = "write_export"
"""The task of the queue."""

PURPOSE, ANSWER, PASSWORD = (
    purpose_of(field) for field in (SheetExport.purpose, SheetExport.answer, SheetExport.password)
)
_S = ExportState
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """`place` is a code, or "" for everywhere."""

    kind: ExportKind
    form: Form
    place: str
    purpose: str


class Exports:
    def __init__(
        self, files: Files, audit: Audit, cipher: FieldCipher, put: Callable[[str, dict[str, Any]], object]
    ) -> None:
        self._files, self._audit, self._cipher, self._put = files, audit, cipher, put

    def ask(self, actor: Actor, wish: Wish) -> int:
        """Answers the id. Raises Forbidden outside her scope, InvalidInput without a purpose."""
        purpose = rules.purpose_of(wish.purpose)
        rules.require(actor, wish.kind, wish.place)
        if wish.place and places.by_code(wish.place) is None:
            raise refused(Asked.EXPORT)  # as for a place that is another's
        now = clock.now()
        row = {"kind": wish.kind, "form": wish.form.value, "place": wish.place, "asked_at": now}
        told = {"staff": actor.staff_id, "login": actor.login, "purpose": self._cipher.encrypt(purpose, PURPOSE)}

        def work() -> int:
            made = SheetExport.create(**row, **told)
            moves.record(self._audit, actor, made, "asked", form=wish.form.value)
            self._alert(actor, made)
            return int(made.id)

        return in_transaction(work)

    def approve(self, actor: Actor, export_id: int) -> None:
        """Raises NotFound outside her scope, Forbidden for her own, Conflict when it is decided already."""
        in_transaction(partial(self._decide, actor, export_id, _S.APPROVED, ""))
        self._put(WRITE, {"export": export_id})

    def decline(self, actor: Actor, export_id: int, answer: str) -> None:
        """As `approve`. Raises InvalidInput without a reason."""
        in_transaction(partial(self._decide, actor, export_id, _S.DECLINED, rules.answer_of(answer)))

    def withdraw(self, actor: Actor, export_id: int) -> None:
        """Raises Conflict when it is decided already."""

        def work() -> None:
            row = moves.mine(actor, export_id)
            moves.require(row, _S.WITHDRAWN)
            moves.record(self._audit, actor, row, "withdrawn")

        in_transaction(work)

    def password(self, actor: Actor, export_id: int) -> str:
        """Once: it is forgotten with the answer. Raises Conflict when it was shown, or there is none yet."""

        def work() -> str:
            row = self._ready(actor, export_id)
            if row.password is None:
                raise Conflict("password_shown", "密码只显示一次，已经显示过了。没有记下来的话，请重新申请导出。")
            password = self._cipher.decrypt(row.password, PASSWORD)
            SheetExport.update(password=None).where(SheetExport.id == row.id).execute()
            moves.record(self._audit, actor, row, "password_shown")
            return password

        return in_transaction(work)

    def download(self, actor: Actor, export_id: int) -> tuple[str, Iterator[bytes]]:
        """The name of the file and what is in it. Raises Conflict after the third time, NotFound after its end."""

        def work() -> tuple[str, Iterator[bytes]]:
            row = self._ready(actor, export_id)
            frames, title = self._files.read(row.file_id), self._files.title(row.file_id)
            if row.downloads >= rules.DOWNLOADS:
                raise Conflict("downloads_spent", f"一个文件最多下载 {rules.DOWNLOADS} 次，请重新申请导出。")
            SheetExport.update(downloads=row.downloads + 1).where(SheetExport.id == row.id).execute()
            moves.record(self._audit, actor, row, "downloaded", times=row.downloads + 1)
            self._alert(actor, row)
            return title, frames

        return in_transaction(work)

    def end_old(self, limit: int = 100) -> int:
        """Those whose day is over, and those that nobody decided; answers how many, a slice."""
        now = clock.now()
        over = (SheetExport.state == _S.READY) & (SheetExport.ends_at <= now)
        waited = (SheetExport.state == _S.ASKED) & (SheetExport.asked_at < now - rules.PATIENCE)
        rows = list(SheetExport.select().where(over | waited).limit(limit))
        return sum(in_transaction(partial(self._end, row)) for row in rows)

    def put_again(self, limit: int = 100) -> int:
        """Tasks that were lost with their worker; answers how many."""
        now = clock.now()
        lost = (SheetExport.state == _S.WRITING) & (SheetExport.taken_at < now - rules.LOST)
        for row in SheetExport.select().where(lost).limit(limit):
            in_transaction(partial(moves.move, row, _S.APPROVED))
        waits = (SheetExport.state == _S.APPROVED) & (SheetExport.decided_at < now - rules.AGAIN)
        ids = [row.id for row in SheetExport.select(SheetExport.id).where(waits).limit(limit)]
        for export_id in ids:
            self._put(WRITE, {"export": export_id})
        return len(ids)

    def _decide(self, actor: Actor, export_id: int, state: ExportState, answer: str) -> None:
        row = moves.held(export_id)
        if not actor.may(Asked.APPROVE_EXPORTS, row.place):
            raise moves.not_there()
        if not rules.may_decide(actor, row.staff_id, row.place):
            raise Forbidden("own_export", "自己申请的导出，要由另一位有权限的同事复核。")
        if staff.stands_by(actor.staff_id, row.login):
            raise Forbidden("own_colleague", "您的权限是申请人给的，请让另一位同事复核。")
        sealed = self._cipher.encrypt(answer, ANSWER) if answer else ""
        moves.require(row, state, decider=actor.staff_id, decided_at=clock.now(), answer=sealed)
        moves.record(self._audit, actor, row, state.value)

    def _ready(self, actor: Actor, export_id: int) -> SheetExport:
        """With what she may do now. Raises NotFound when its time is over."""
        row = moves.mine(actor, export_id)
        rules.require(actor, row.kind, row.place)
        if row.state is not _S.READY or row.ends_at <= clock.now():
            raise Conflict("not_ready", "这个文件还没有写好，或者已经到期删除了。")
        return row

    def _end(self, row: SheetExport) -> bool:
        if row.state is _S.ASKED:
            return moves.move(row, _S.WITHDRAWN, why="三天没有人复核，已经自动撤回。")
        self._files.drop([row.file_id])
        return moves.move(row, _S.ENDED, password=None)

    def _alert(self, actor: Actor, row: SheetExport) -> None:
        """Leaders see it among what waits for them, and the audit has it under a name of its own."""
        now = clock.now()
        hers = (SheetExport.staff == actor.staff_id) & (SheetExport.asked_at >= clock.start_of_day(now))
        today = SheetExport.select().where(hers).count()
        found = rules.unusual(now, today)
        if found:
            SheetExport.update(alerted_at=now).where(SheetExport.id == row.id).execute()
            self._audit.record(actor, moves.UNUSUAL, moves.about(row), why=",".join(found))
            log.warning("export.unusual", number=row.id, staff=actor.staff_id, why=",".join(found))
