"""The static files: kept for good under the address that names their content, packed for whoever can unpack."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console import assets
from tests.console.shell import Sample, application

SHEET = "vendor/tabler-core-1.6.1/tabler.min.css"
PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def client() -> FlaskClient:
    app: Flask = application(Sample())
    return app.test_client()


def test_the_address_names_the_content_and_is_kept_for_good(client: FlaskClient) -> None:
    answer = client.get(assets.address(SHEET))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.data == (assets.FOLDER / SHEET).read_bytes()


@pytest.mark.parametrize("mark", ["", "?v=", "?v=000000000000"])
def test_any_other_address_is_asked_about_each_time(client: FlaskClient, mark: str) -> None:
    answer = client.get(f"{assets.PREFIX}/{SHEET}{mark}")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(f"{assets.PREFIX}/{SHEET}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_text_is_sent_packed_to_whoever_can_unpack_it(client: FlaskClient) -> None:
    plain, packed = client.get(assets.address(SHEET)), client.get(assets.address(SHEET), headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 100_000, "that is what a phone waits for, once"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in client.get(assets.address(SHEET), headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_kinds_are_those_that_browsers_insist_on(client: FlaskClient) -> None:
    for name, kind in (("js/keyboard.js", "text/javascript"), ("mark.svg", "image/svg+xml")):
        assert client.get(assets.address(name)).mimetype == kind


@pytest.mark.parametrize(
    "name",
    [
        "../rendering.py",
        "%2e%2e/rendering.py",
        "..%2frendering.py",
        "css",
        "",
        "css/../css/colours.css",
        "nothing.css",
        "/etc/passwd",
        "a%00b",
    ],
)
def test_nothing_but_the_files_is_reached(client: FlaskClient, name: str) -> None:
    assert client.get(f"{assets.PREFIX}/{name}").status_code in {404, 308}


def test_a_page_that_names_a_file_that_is_not_there_fails_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        assets.address("css/gone.css")
