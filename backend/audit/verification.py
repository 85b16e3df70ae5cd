"""Looks the whole chain over: an entry that was changed, taken out, put in or made up is found.

What is older than its three years is gone; the first entry that is left must be as old as that, or be number 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from backend import clock
from backend.audit import rules
from backend.audit.actions import PURPOSE
from backend.audit.rules import Entry
from backend.errors import InvalidInput
from backend.privacy.lookups import Lookups
from models.audit import YEARS, AuditEntry, AuditTail

_SLICE = 2000
_SWEPT_LATELY = timedelta(days=2)
"""Retention runs all day: what is gone went when it was just over its time."""


@dataclass(frozen=True, slots=True)
class Verified:
    """`number` is of the entry at which the chain breaks, 0 where it does not."""

    entries: int
    number: int
    words: str

    @property
    def sound(self) -> bool:
        return not self.number


LATELY = 10_000
"""Entries that a page looks over while somebody waits."""


def verify(lookups: Lookups, latest: int = 0) -> Verified:
    """The whole chain, or only so many of its latest entries. Others may write meanwhile."""
    tail = AuditTail.get_or_none() or AuditTail(number=0, digest="")
    first = max(0, tail.number - latest) if latest else 0
    count, last = 0, None
    reached = not tail.number
    if reached and AuditEntry.select().exists():
        return Verified(0, 1, "记着最后一条审计记录的那一行不见了。请保留数据库，报告管理员。")
    for row in _all(first):
        fault = _fault(lookups, row, last, first)
        if fault:
            return Verified(count, row.number, f"第 {row.number} 条审计记录{fault}。请保留数据库，报告管理员。")
        count, last = count + 1, row
        reached = reached or (row.number, row.digest) == (tail.number, tail.digest)
    if not reached:
        kept = 0 if last is None else last.number
        return Verified(count, kept + 1, f"第 {kept + 1} 条以后的审计记录不见了：应该有 {tail.number} 条。")
    return Verified(count, 0, f"{'最近的' if latest else ''}审计记录 {count} 条，前后相连，没有被改过。")


def end() -> str:
    """The last entry as NUMBER:DIGEST, to be written down outside: whoever can write the database can also cut off the
    end of the chain and say that it always ended there. "" while there is none."""
    tail = AuditTail.get_or_none()
    return "" if tail is None or not tail.number else f"{tail.number}:{tail.digest}"


def is_kept(known: str) -> bool:
    """Whether the entry that was the end once stands as it did. Raises InvalidInput for what `end` did not say."""
    number, _, digest = known.partition(":")
    if not number.isdecimal() or not digest:
        raise InvalidInput("end_invalid", "上次的末尾这样写：12345:0f3a…，就是上次核对时打出来的那一串。")
    return AuditEntry.select().where(AuditEntry.number == int(number), AuditEntry.digest == digest).exists()


def _fault(lookups: Lookups, row: AuditEntry, last: AuditEntry | None, first: int) -> str:
    if last is None and row.number != first + 1 and row.happened_at > clock.ago(days=YEARS * 365) + _SWEPT_LATELY:
        return "前面的记录不见了"
    if last is not None and row.number != last.number + 1:
        return f"前面缺了 {row.number - last.number - 1} 条"
    if last is not None and row.previous != last.digest:
        return "和前一条接不上"
    if last is None and row.number == 1 and row.previous != rules.START:
        return "不是第一条"
    return "" if row.digest == lookups.digest(PURPOSE, rules.sealed_text(_entry(row))) else "的内容被改过"


def _all(last: int) -> Iterator[AuditEntry]:
    while found := list(AuditEntry.select().where(AuditEntry.number > last).order_by(AuditEntry.number).limit(_SLICE)):
        yield from found
        last = found[-1].number


def _entry(row: AuditEntry) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})
