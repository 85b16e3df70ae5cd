"""Two registrations of one person: what a merge will do, the merge, and its undoing."""

from flask import Response, request

from backend.errors import InvalidInput
from console import desk, forms
from console.desk import Desk
from console.members import LIST


def show(here: Desk, number: int) -> Response:
    if request.method == "POST":
        return _merge(here, number, forms.number("other"))
    other = forms.asked("other", 12).lstrip("#")
    if not other:
        here.runtime.reception.details.of(here.actor, number)
        return here.page("merges/choose.html", title="合并重复登记", number=number)
    if not other.isascii() or not other.isdigit():
        raise InvalidInput("number_invalid", "请写另一份资料的成员编号，只用数字。")
    preview = here.runtime.reception.merges.preview(here.actor, number, int(other))
    return here.page("merges/preview.html", title="合并前看一看", preview=preview, number=number)


def _merge(here: Desk, number: int, other: int) -> Response:
    keep = here.runtime.reception.merges.merge(here.actor, number, other)
    gone = number + other - keep
    here.say("已经合并成一份，本人会收到消息。七天内可以撤销。", undo=f"{LIST}/{keep}/merge/{gone}/undo")
    return desk.go(f"{LIST}/{keep}")


def undo(here: Desk, number: int, other: int) -> Response:
    here.runtime.reception.merges.undo(here.actor, number, other)
    here.say("已经恢复成两份，两位都会收到消息。")
    return desk.go(f"{LIST}/{number}")
