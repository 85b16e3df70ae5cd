"""Migrations and models tell the same story, on each engine."""

from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend.errors import Misconfigured
from backend.runtime import Runtime
from backend.storage import migrations
from models.base import database
from models.registry import TABLES
from tests.conftest import make_settings


def test_the_migrations_build_what_the_models_say(runtime: Runtime) -> None:
    assert str(migrations.drift(runtime.database, TABLES)) == ""


def test_applying_twice_applies_nothing_more(runtime: Runtime) -> None:
    assert migrations.apply(runtime.database) == []


def test_nothing_is_served_on_an_older_schema_and_the_command_is_named(tmp_path: Path, empty_database_url: str) -> None:
    runtime = runtimes.start(make_settings(tmp_path, empty_database_url))
    try:
        with pytest.raises(Misconfigured, match=r"python manage\.py migrate"):
            migrations.require_current(runtime.database)
    finally:
        runtime.close()


def test_nothing_is_generated_while_models_and_migrations_agree(tmp_path: Path) -> None:
    before = sorted(migrations.DIRECTORY.iterdir())
    assert migrations.generate(TABLES, "nothing_new") is None
    assert sorted(migrations.DIRECTORY.iterdir()) == before


def test_every_table_has_a_model_in_the_registry(runtime: Runtime) -> None:
    known = {table._meta.table_name for table in TABLES} | {"schema_migration"}
    assert set(database.get_tables()) - {"sqlite_sequence"} == known
