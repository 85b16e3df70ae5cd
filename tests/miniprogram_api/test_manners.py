"""The headers of every answer: nothing is kept, nothing is lent to other sites, and the visitor's address is hers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import request
from flask.testing import FlaskClient

from backend.web import access
from tests.conftest import make_settings
from tests.served import House, opened, prepare

PLACES = "/api/v1/places"
ANSWERS = [PLACES, f"{PLACES}/123", f"{PLACES}/nearest", "/api/v1/nowhere", "/api/v1/openapi.json"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path))) as running:
        yield running


@pytest.fixture
def client(house: House) -> FlaskClient:
    return house.app.test_client()


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_of_the_api_carries_the_headers_that_protect(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == ("no-cache" if "ETag" in headers else "no-store")
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_other_doors_keep_their_own_headers(client: FlaskClient) -> None:
    assert "Referrer-Policy" not in client.get("/healthz").headers


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/docs/css/swagger-ui.css"])
def test_what_somebody_signed_in_is_shown_is_never_stored(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Authorization": "Bearer x"}, buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", [*ANSWERS, "/api/v1/docs", "/healthz"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST", "PUT", "DELETE"])
def test_no_other_site_is_ever_let_in(client: FlaskClient, path: str, method: str) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = client.open(path, method=method, headers=asked)
    assert [name for name, _ in answer.headers if name.lower().startswith("access-control")] == []
    assert "Origin" not in answer.headers.get("Vary", "")


def _address(tmp_path: Path, proxies: int, forwarded: str | None) -> str:
    """As a request from the proxy on this machine is understood."""
    with opened(prepare(replace(make_settings(tmp_path), proxies=proxies))) as house:
        house.app.add_url_rule("/whence", "whence", lambda: f"{access.address()} {request.scheme}")
        headers = {"X-Forwarded-Proto": "https"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
        answer = house.app.test_client().get("/whence", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        return answer.text.removesuffix(" http")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.9, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.9, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, None, "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::/64"),
        (1, "oddity", "oddity"),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(
    tmp_path: Path, proxies: int, forwarded: str | None, address: str
) -> None:
    assert _address(tmp_path, proxies, forwarded) == address


@pytest.mark.parametrize("claimed", ["127.0.0.1", "::1", "203.0.113.9"])
def test_a_proxied_request_sees_no_page_for_operators_whatever_address_it_claims(tmp_path: Path, claimed: str) -> None:
    with opened(prepare(replace(make_settings(tmp_path), proxies=1))) as house:
        client = house.app.test_client()
        assert client.get("/metrics", headers={"X-Forwarded-For": claimed}).status_code == 403
        assert client.get("/metrics").status_code == 200, "from this machine, past the proxy"
