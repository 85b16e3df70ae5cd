"""How the house itself is: what the doctor says, the accounts and their quotas, queue, jobs, storage."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, Response, current_app

from backend.doctor.examination import examine
from backend.outbox import queries as outbox
from backend.permissions import EVERYWHERE, Action
from backend.schedules import queries as schedules
from backend.schedules.rules import Expected, JobDay
from backend.storage import sizes
from backend.wechat.failures import GatewayError
from console.desk import Desk
from models.accounts import AccountKind

QUOTAS = (
    ("/cgi-bin/message/custom/send", "客服消息"),
    ("/cgi-bin/message/template/send", "模板消息"),
    ("/cgi-bin/message/mass/sendall", "群发"),
    ("/cgi-bin/qrcode/create", "带参数二维码"),
    ("/cgi-bin/user/info", "用户信息"),
)
"""Of which the page tells how much of the day's is left."""


_KEY = "tongxin.jobs"


@dataclass(frozen=True, slots=True)
class Job:
    """One of the timetable, and its newest day; None when it never was run."""

    name: str
    title: str
    last: JobDay | None


def attach(app: Flask, expected: Sequence[Expected]) -> None:
    """What the clock should do: the roof tells, since doors do not know each other."""
    app.extensions[_KEY] = tuple(expected)


def show(here: Desk) -> Response:
    here.actor.require(Action.SEE_HEALTH, EVERYWHERE)
    runtime = here.runtime
    return here.page(
        "system/show.html",
        title="系统状况",
        accounts=list(runtime.accounts.all().values()),
        waiting=runtime.queue.waiting(),
        load=outbox.load(),
        jobs=[Job(each.name, each.title, schedules.last_day(each.name)) for each in _expected()],
        size=sizes.of(runtime.database),
        kinds=_KINDS,
    )


def findings(here: Desk) -> Response:
    """Asked for by the page after it is shown: the doctor asks the platform, which takes its time."""
    here.actor.require(Action.SEE_HEALTH, EVERYWHERE)
    return here.page("system/findings.html", title="", findings=list(examine(here.runtime, _expected())))


def quotas(here: Desk, app_id: str) -> Response:
    """Likewise."""
    here.actor.require(Action.SEE_HEALTH, EVERYWHERE)
    gateway = here.runtime.gateway(app_id)
    try:
        found = [(title, gateway.quotas.of(path)) for path, title in QUOTAS]
    except GatewayError as error:
        return here.page("system/quotas.html", title="", quotas=[], error=str(error))
    return here.page("system/quotas.html", title="", quotas=found, error="")


def _expected() -> tuple[Expected, ...]:
    return current_app.extensions[_KEY]  # type: ignore[no-any-return]


_KINDS = {AccountKind.OFFICIAL: "公众号", AccountKind.MINIPROGRAM: "小程序"}
