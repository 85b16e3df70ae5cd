"""What a worker does of an export: writing the file in constant memory, with what who asked for it may see now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend import clock
from backend.audit.actions import Audit
from backend.errors import Forbidden, InvalidInput
from backend.exports import moves, rules, sources
from backend.exports.actions import PASSWORD, PURPOSE
from backend.exports.sources import Source
from backend.files.actions import Files
from backend.permissions import Actor, Scope
from backend.privacy.cipher import FieldCipher
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.sheets import sealing
from backend.sheets.writing import Form, written
from backend.staff import queries as staff
from backend.storage.database import in_transaction
from backend.storage.files import pieces
from backend.storage.progress import Progress
from models.exports import ExportKind, ExportState, SheetExport

FIELDS = ("name", "phone")
"""What of somebody stands in a file with contacts."""

_S = ExportState


@dataclass(frozen=True)
class _Order:
    """What is to be written, and for whom."""

    row: SheetExport
    actor: Actor
    purpose: str

    @property
    def scope(self) -> Scope:
        return Scope(frozenset({self.row.place}))

    @property
    def name(self) -> str:
        return f"{rules.SHAPES[self.row.kind].title}-{self.row.id}"


class Work:
    def __init__(self, files: Files, audit: Audit, cipher: FieldCipher, progress: Progress) -> None:
        self._files, self._audit, self._cipher, self._progress = files, audit, cipher, progress

    def write(self, export_id: int) -> None:
        """Harmless when it runs twice."""
        row = SheetExport.get_or_none(SheetExport.id == export_id)
        if row is None or not in_transaction(lambda: moves.move(row, _S.WRITING, taken_at=clock.now())):
            return
        row.state = _S.WRITING
        try:
            self._write(self._order(row))
        except (Forbidden, InvalidInput) as error:
            in_transaction(partial(self._fail, row, error.sentence))

    def fail(self, export_id: int) -> None:
        """It cannot be done, for a reason that is nobody's who uses this house."""
        row = SheetExport.get_or_none(SheetExport.id == export_id)
        if row is not None:
            in_transaction(partial(self._fail, row, "系统出了问题，没有写成文件。请重新申请。"))

    def _order(self, row: SheetExport) -> _Order:
        """Raises Forbidden when who asked may do it no more."""
        actor = None if row.staff_id is None else staff.at_work(row.staff_id)
        if actor is None:
            raise Forbidden("left", "申请的人已经不在岗了。")
        rules.require(actor, row.kind, row.place)
        return _Order(row, actor, self._cipher.decrypt(row.purpose, PURPOSE))

    def _write(self, order: _Order) -> None:
        source, most = self._source(order), rules.SHAPES[order.row.kind].most
        if source.count > most:
            raise InvalidInput("too_many_rows", f"有 {source.count} 行，一次最多导出 {most} 行，请选小一点的范围。")
        password = sealing.new_password()
        with self._files.workshop() as workshop:
            rows = self._fill(order, source, workshop)
            ends_at = clock.now() + rules.LIFE
            file_id = self._seal(order, workshop, password)
        told = {"file": file_id, "rows": rows, "ends_at": ends_at}
        self._files.ends([file_id], ends_at)
        sealed = self._cipher.encrypt(password, PASSWORD)
        if not in_transaction(lambda: self._finish(order, password=sealed, **told)):
            self._files.drop([file_id])  # it took so long that another has begun anew

    def _finish(self, order: _Order, **told: object) -> bool:
        is_ready = moves.move(order.row, _S.READY, **told)
        if is_ready:
            moves.record(self._audit, order.actor, order.row, "written", rows=told["rows"])
        return is_ready

    def _source(self, order: _Order) -> Source:
        makers = {
            ExportKind.MEMBERS: lambda: sources.members(self._cipher, order.scope),
            ExportKind.CONTACTS: lambda: sources.contacts(self._cipher, order.scope, partial(self._see, order)),
            ExportKind.HEADS: lambda: sources.heads(self._cipher, order.scope),
            ExportKind.PLACES: lambda: sources.places(order.scope),
        }
        return makers[order.row.kind]()

    def _fill(self, order: _Order, source: Source, workshop: Path) -> int:
        """Answers how many lines the file has."""
        track, done = self._progress.track(f"export:{order.row.id}", source.count), 0
        mark = rules.mark(order.row.id, order.actor, clock.now(), order.purpose)
        with (
            (workshop / "plain").open("wb") as target,
            written(Form(order.row.form), target, source.header, mark, workshop) as writer,
        ):
            for cells in self._allowed(order, source.slices):
                for row in cells:
                    writer.write(row)
                done += len(cells)
                track.at(done)
        return done

    def _allowed(self, order: _Order, slices: Iterator[list[list[str]]]) -> Iterator[list[list[str]]]:
        """As long as who asked for it may have it: a long file is not written to its end for who has left meanwhile."""
        for cells in slices:
            self._order(order.row)
            yield cells

    def _seal(self, order: _Order, workshop: Path, password: str) -> int:
        """Into a zip that only the password opens, and that onto the disk, sealed once more."""
        plain, packed = workshop / "plain", workshop / "packed"
        with plain.open("rb") as source, packed.open("wb") as target:
            sealing.seal(source, f"{order.name}.{order.row.form}", target, password)
        plain.unlink()
        with packed.open("rb") as file:
            return self._files.keep(pieces(file), f"{order.name}.zip", clock.now() + rules.LIFE)

    def _see(self, order: _Order, member_ids: Sequence[int]) -> None:
        """Each of them reads in her log who took her contact data away, and what for."""
        viewer = Viewer(rules.role_of(order.actor, order.row.place), order.actor.unit, order.actor.login)
        looks.record_all(self._cipher, member_ids, viewer, FIELDS, f"导出：{order.purpose}")

    def _fail(self, row: SheetExport, why: str) -> None:
        if moves.move(row, _S.FAILED, why=why):
            moves.record(self._audit, None, row, "failed")
