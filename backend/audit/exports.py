"""The audit as a sheet, for inspection: what an auditor sees on the page and nothing more, and itself an entry."""

from itertools import islice
from typing import BinaryIO

from backend import clock
from backend.audit import queries, words
from backend.audit.actions import NOTHING, Audit
from backend.audit.queries import Asked, EntryView
from backend.errors import InvalidInput
from backend.permissions import Actor
from backend.sheets.writing import Form, written
from models.audit import Outcome

MOST = 100_000
"""Entries in one file: somebody waits for it."""

HEADER = ("序号", "时间", "谁", "角色", "地址", "做了什么", "对什么", "编号", "地方", "结果", "细节")


def export(audit: Audit, actor: Actor, asked: Asked, target: BinaryIO) -> int:
    """CSV; answers how many entries. Raises Forbidden, and InvalidInput when there are too many for one file."""
    found, count = queries.every(actor, asked), 0
    mark = f"审计记录，{actor.login} 导出于 {clock.beijing(clock.now()):%Y-%m-%d %H:%M}"
    with written(Form.CSV, target, HEADER, mark) as sheet:
        for each in islice(found, MOST + 1):
            if count == MOST:
                raise InvalidInput("too_many_entries", f"一次最多导出 {MOST} 条，请把日子缩短，分几次导出。")
            sheet.write(_line(each))
            count += 1
    audit.record(actor, "audit_exported", NOTHING, Outcome.DONE, count=count)
    return count


def _line(each: EntryView) -> list[str]:
    at = f"{clock.beijing(each.happened_at):%Y-%m-%d %H:%M:%S}"
    did, about = words.ACTS.get(each.action, each.action), words.KINDS.get(each.subject_kind, each.subject_kind)
    who = [str(each.number), at, each.login, each.role, each.address]
    return [*who, did, about, each.subject, each.place, words.OUTCOMES[each.outcome], each.facts]
