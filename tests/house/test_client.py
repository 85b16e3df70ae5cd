"""What mini-programs are given (docs/client) is of the API as it is served now."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import manage
from tests.conftest import make_settings
from tests.served import opened, prepare

CLIENT = Path(__file__).parents[2] / "docs" / "client"
MODULES = CLIENT / "node_modules"
AGAIN = "the API has changed: run `make client`"


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CLIENT / "openapi.json").read_text("utf-8"))
    return found


def test_the_document_is_the_one_that_is_served(tmp_path: Path) -> None:
    with opened(prepare(make_settings(tmp_path))) as house:
        served = house.app.test_client().get("/api/v1/openapi.json").get_json()
    kept = _kept()
    assert served["info"].pop("title") == "慢城街道 API"
    assert kept["info"].pop("title") == "同心 API"
    assert kept == served, AGAIN


def test_the_command_says_the_same_each_time_sorted() -> None:
    said = [CliRunner().invoke(manage.main, ["openapi"]).stdout for _ in range(2)]
    assert said == [(CLIENT / "openapi.json").read_text("utf-8")] * 2, AGAIN


def test_the_types_are_of_this_document() -> None:
    first = (CLIENT / "tongxin.d.ts").read_text("utf-8").partition("\n")[0]
    assert hashlib.sha256((CLIENT / "openapi.json").read_bytes()).hexdigest() in first, AGAIN


def test_the_tools_are_pinned_and_no_registry_is_named() -> None:
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    assert [version for version in package["devDependencies"].values() if not re.fullmatch(r"[\d.]+", version)] == []
    locked = json.loads((CLIENT / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, each in locked.items() if "resolved" in each] == []
    assert all("integrity" in each for name, each in locked.items() if name)


@pytest.mark.skipif(not (MODULES.exists() and shutil.which("node")), reason="`make client` has not been run here")
def test_the_client_and_its_example_fit_the_types() -> None:
    command = [str(MODULES / ".bin" / "tsc"), "--noEmit", "--project", "."]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
