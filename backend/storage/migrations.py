"""The schema's history: applied in order, generated from the models, and asked before anything is served."""

import re
from pathlib import Path

from peewee import Database, Model, SqliteDatabase
from playhouse.migrations import MigrationError, Runner, template
from playhouse.schema_diff import SchemaDiff, diff_models

from backend.errors import InvalidInput, Misconfigured

DIRECTORY = Path(__file__).parents[2] / "models" / "migrations"


def pending(database: Database) -> list[str]:
    """Names of the migrations not yet applied, oldest first."""
    return [m.name for m in _runner(database).status() if m.path is not None and m.applied is None]


def apply(database: Database) -> list[str]:
    """Bring the schema up to date; answers the names that were applied."""
    try:
        return list(_runner(database).up())
    except MigrationError as error:
        raise Misconfigured("migration_failed", f"数据库结构升级没有完成：{error}") from error


def require_current(database: Database) -> None:
    """Refuse to go on with an older schema: a half-known table is worse than a service that waits."""
    names = pending(database)
    if names:
        raise Misconfigured(
            "schema_behind",
            f"数据库结构落后 {len(names)} 步（{names[0]}…）。请先运行：python manage.py migrate",
        )


def drift(database: Database, models: tuple[type[Model], ...]) -> SchemaDiff:
    """What the models say and the database does not; falsy when they agree."""
    return diff_models(database, list(models))


def generate(models: tuple[type[Model], ...], name: str) -> Path | None:
    """Write the next migration from the difference to all earlier ones. None when there is none."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", name):
        raise InvalidInput("migration_name", "迁移的名字用小写英文、数字和下划线，例如 add_member_phone。")
    scratch = SqliteDatabase(":memory:")
    apply(scratch)
    with scratch.bind_ctx(models):
        difference = drift(scratch, models)
        body = template(difference) if difference else None
    if body is None:
        return None
    return Path(Runner(scratch, str(DIRECTORY)).create(name, body))


def _runner(database: Database) -> Runner:
    return Runner(getattr(database, "obj", None) or database, str(DIRECTORY))
