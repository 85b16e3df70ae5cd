"""The database servers tests may use, found by knocking: none is needed, each that answers is tested."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pymysql

from tests.parallel import PROCESS

_STANDARD = (
    "postgresql://postgres@127.0.0.1:5432/postgres",
    "mysql://root@127.0.0.1:3306/mysql",
)


@dataclass(frozen=True)
class Server:
    """A server on which tests may create and drop databases of their own."""

    url: str

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Its URL."""
        name = self.create()
        try:
            yield self.url_of(name)
        finally:
            self.drop(name)

    @property
    def engine(self) -> str:
        return "postgresql" if self.url.startswith("postgres") else "mariadb"

    def url_of(self, name: str) -> str:
        return self.url.rsplit("/", 1)[0] + f"/{name}"

    def create(self) -> str:
        """Answers its name."""
        name = f"tongxin_test_{secrets.token_hex(6)}"
        how = "CHARACTER SET utf8mb4" if self.engine == "mariadb" else ""
        self.execute(f"CREATE DATABASE {name} {how}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name}" + (" WITH (FORCE)" if self.engine == "postgresql" else ""))

    def connection(self, name: str | None = None) -> "pymysql.Connection[Any]":
        """To a MariaDB server."""
        parts = urlsplit(self.url)
        return pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            database=name,
        )

    def execute(self, statement: str) -> None:
        if self.engine == "postgresql":
            with psycopg.connect(self.url, autocommit=True, connect_timeout=3) as postgres:
                postgres.execute(statement.encode())
            return
        with self.connection() as maria, maria.cursor() as cursor:
            cursor.execute(statement)


def database_servers() -> dict[str, Server]:
    """Engine → server, of those that let us in."""
    given = os.environ.get("TEST_DATABASE_URLS", "")
    urls = [url.strip() for url in given.split(",") if url.strip()] or [u for u in _STANDARD if _listens(u)]
    servers = [Server(url) for url in urls if not url.startswith("sqlite")]
    return {server.engine: server for server in servers if given or _lets_us_in(server)}


def redis_url(*, to_empty: bool = False) -> str:
    """A database of this process, or one more of it that a test may empty. Nothing when there is no server.

    Of the sixteen there are by default the first six are left alone, so five processes can test.
    """
    given = os.environ.get("TEST_REDIS_URL", "")
    url = given or "redis://127.0.0.1:6379/6"
    if not (given or _listens(url)):
        return ""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0) + 2 * PROCESS + to_empty
    return urlunsplit(parts._replace(path=f"/{number}"))


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=0.5):
            return True
    except OSError:
        return False


def _lets_us_in(server: Server) -> bool:
    try:
        server.execute("SELECT 1")
    except (psycopg.Error, pymysql.Error):
        return False
    return True
