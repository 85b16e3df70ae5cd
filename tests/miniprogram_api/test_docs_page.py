"""The page that shows the API, and what it may load: files of its own only, and no script but ours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_settings
from tests.served import opened, prepare

DOCS = "/api/v1/docs"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    with opened(prepare(make_settings(tmp_path))) as house:
        yield house.app.test_client()


def test_whatever_the_page_names_is_served_here(client: FlaskClient) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', client.get(DOCS).text)
    assert len(named) == 3
    assert {path: client.get(path, buffered=True).status_code for path in named} == dict.fromkeys(named, 200)
    assert all(path.startswith("/api/v1/docs/") for path in named)


@pytest.mark.parametrize("name", ["../__init__.py", "%2e%2e/__init__.py", "js", "none.js", "..%5c__init__.py"])
def test_nothing_but_the_files_of_the_page_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"{DOCS}/{name}").status_code == 404


def test_the_policy_allows_no_script_in_the_page_but_ours(client: FlaskClient) -> None:
    policy = client.get(DOCS).headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='", scripts)
    assert "unsafe" not in policy
