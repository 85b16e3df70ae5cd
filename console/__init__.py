"""The door of the staff: every page with its path and the permission it asks for, in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint
from flask.typing import ResponseReturnValue

from backend.runtime import Runtime
from console import access, health


class Permission(StrEnum):
    """Who may see a page. Roles and scopes join here with the staff accounts."""

    ANYONE = "anyone"  # says nothing about people or the inside
    OPERATOR = "operator"  # this machine, or whoever holds TONGXIN_METRICS_TOKEN


@dataclass(frozen=True)
class Page:
    path: str
    name: str
    show: Callable[[Runtime], ResponseReturnValue]
    permission: Permission


PAGES: tuple[Page, ...] = (
    Page("/healthz", "alive", health.alive, Permission.ANYONE),
    Page("/readyz", "ready", health.ready, Permission.ANYONE),
    Page("/metrics", "metrics", health.metrics, Permission.OPERATOR),
)


def blueprint(runtime: Runtime) -> Blueprint:
    door = Blueprint("console", __name__)
    for page in PAGES:
        door.add_url_rule(page.path, page.name, _guarded(page, runtime))
    return door


def _guarded(page: Page, runtime: Runtime) -> Callable[[], ResponseReturnValue]:
    def view() -> ResponseReturnValue:
        if page.permission is Permission.OPERATOR:
            access.require_operator(runtime.settings)
        return page.show(runtime)

    return view
