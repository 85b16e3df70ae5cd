"""The API as somebody asks it in a test, without HTTP and without a platform."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Caller:
    """The API as whoever has this token; "" is a stranger."""

    client: FlaskClient
    token: str

    def call(self, method: str, path: str, key: str = "", **sent: Any) -> TestResponse:
        """An answer of whatever status. `path` stands behind /api/v1, `key` is an Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **sent)

    def ask(self, method: str, path: str, status: int = 200, key: str = "", **sent: Any) -> dict[str, Any]:
        """The answer's JSON; fails the test when the status is another."""
        answer = self.call(method, path, key, **sent)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json(force=True)
        return found

    def refused(self, method: str, path: str, **sent: Any) -> tuple[int, str, str]:
        """Status, code and sentence of a refusal, whose form is that of all refusals."""
        answer = self.call(method, path, **sent)
        told: dict[str, Any] = answer.get_json(force=True)
        assert (answer.content_type, told["status"]) == ("application/problem+json", answer.status_code), answer.text
        assert told.keys() == {"type", "title", "status", "code", "detail", "errors"}
        return answer.status_code, told["code"], told["detail"]

    def all_pages(self, path: str, limit: int) -> list[dict[str, Any]]:
        """The items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.ask("GET", f"{path}?limit={limit}&cursor={cursor}")
            assert len(page["items"]) <= limit
            items += page["items"]
            cursor = page["next_cursor"]
        return items
