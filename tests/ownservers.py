"""Redis, PostgreSQL and MariaDB of a test's own, on loopback: they can be stopped, killed and started again.

The servers of tests/servers.py are shared and stay up. These belong to one test; whatever happens in it, they are ended
by their process ids and their folders removed. Where the programs are absent the test is skipped, but never in CI.
"""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import psycopg
import pymysql
import pytest
import redis

from tests.required import missing
from tests.simulated import free_port, wait_for

START_SECONDS, STOP_SECONDS = 30.0, 30.0
KNOCK_SECONDS = 2
DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the servers of several versions here, outside PATH."""

_STOPS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_POSTGRES_NEW = (
    "--pgdata={data}",
    "--auth=trust",
    "--username=postgres",
    "--no-locale",
    "--encoding=UTF8",
    "--no-sync",
)
_MARIADB_SIZES = ("--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M")
"""The same when the files are made and when they are used: else each first start resizes them."""
_MARIADB_NEW = ("--no-defaults", "--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db")


class OwnServer(ABC):
    """One server at one port. `kill` is what a crash does to it: a restart finds what had been promised to be kept."""

    account: str | None = None

    def __init__(self, home: Path, logs: Path) -> None:
        self.home, self.port = home, free_port()
        self.log = logs / f"{type(self).__name__.lower()}-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    def pid(self) -> int:
        assert self._process is not None, "not running"
        return self._process.pid

    def start(self) -> None:
        """At the same port and with the same files; returns once it answers."""
        assert self._process is None or self._process.poll() is not None, "already running"
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self._command(), cwd=self.home, stdout=log, stderr=log, **_as(self.account)
            )
        wait_for(lambda: process.poll() is not None or self._answers(), START_SECONDS)
        assert process.poll() is None, self.log.read_text()

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def end(self) -> None:
        """Whatever state it is in, and be it none."""
        if self._process is not None:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        """Returns once the process is gone; one that does not go is made to, and fails the test."""
        assert self._process is not None, "not running"
        process, self._process = self._process, None
        process.send_signal(number)
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool:
        """Whether this very server answers: another test may have taken the port while it was down."""


class OwnRedis(OwnServer):
    def __init__(self, home: Path, logs: Path, keeps: bool) -> None:
        super().__init__(home, logs)
        # Each write reaches the file before it is answered: "everysec" may hold it back for two seconds.
        self._kept = ["--appendonly", "yes", "--appendfsync", "always"] if keeps else ["--appendonly", "no"]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _command(self) -> list[str]:
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.home)]
        return [_program("redis-server", "redis"), *where, "--save", "", *self._kept]

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=KNOCK_SECONDS) as client:
                return bool(client.info("server")["process_id"] == self.pid)
        except redis.RedisError:
            return False


class OwnPostgres(OwnServer):
    account = "postgres" if os.getuid() == 0 else None

    def __init__(self, home: Path, logs: Path, syncs: bool) -> None:
        super().__init__(home, logs)
        self._sync = "on" if syncs else "off"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Fast breaks off what is under way and writes all down; immediate does neither, and the next start recovers
        what was committed. https://www.postgresql.org/docs/current/server-shutdown.html"""
        self._signal(_STOPS[mode])

    def kill(self) -> None:
        """All its processes at once. SIGKILL would end the first only: its children live on for a moment, and no
        other server may start beside them."""
        self.stop("immediate")

    def _command(self) -> list[str]:
        where = ["-D", str(self.home / "data"), "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.home)]
        return [_program("postgres", "postgresql"), *where, "-c", f"fsync={self._sync}"]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=KNOCK_SECONDS) as connection:
                return connection.execute("SHOW data_directory").fetchone() == (str(self.home / "data"),)
        except psycopg.Error:
            return False


class OwnMariaDB(OwnServer):
    account = "mysql" if os.getuid() == 0 else None

    @property
    def url(self) -> str:
        return f"mysql://root@127.0.0.1:{self.port}/tongxin"

    def ask(self, statement: str, seconds: float = STOP_SECONDS) -> tuple[Any, ...] | None:
        """The first row of what the server's administrator is answered."""
        # Without a limit to reading, the driver waits for the server's greeting for ever.
        maria = pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", connect_timeout=seconds, read_timeout=seconds
        )
        with maria, maria.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()

    def _command(self) -> list[str]:
        where = [
            f"--datadir={self.home / 'data'}",
            f"--socket={self.home / 'socket'}",
            f"--pid-file={self.home / 'pid'}",
        ]
        door = ["--bind-address=127.0.0.1", f"--port={self.port}", "--innodb-buffer-pool-dump-at-shutdown=0"]
        return [_program("mariadbd", "mariadb"), "--no-defaults", *where, *door, *_MARIADB_SIZES]

    def _answers(self) -> bool:
        try:
            return self.ask("SELECT @@datadir", KNOCK_SECONDS) == (f"{self.home / 'data'}/",)
        except pymysql.Error:
            return False


@contextmanager
def own_redis(folder: Path, keeps: bool = False) -> Iterator[OwnRedis]:
    """Its log goes to the folder. Started again it holds what it held, if it keeps, and is empty otherwise."""
    with _home(OwnRedis.account) as home, _running(OwnRedis(home, folder, keeps)) as server:
        yield server


@contextmanager
def own_postgres(folder: Path, syncs: bool = True) -> Iterator[OwnPostgres]:
    """Its log goes to the folder. `syncs=False` is faster, and proves nothing about what is kept."""
    make = _program("initdb", "postgresql"), *_POSTGRES_NEW
    with _home(OwnPostgres.account, *make) as home, _running(OwnPostgres(home, folder, syncs)) as server:
        yield server


@contextmanager
def own_mariadb(folder: Path) -> Iterator[OwnMariaDB]:
    """Its log goes to the folder. Each commit is synced, which is MariaDB's own setting."""
    make = _program("mariadb-install-db", "mariadb"), *_MARIADB_NEW, *_MARIADB_SIZES
    with _home(OwnMariaDB.account, *make) as home, _running(OwnMariaDB(home, folder)) as server:
        server.ask("CREATE DATABASE tongxin CHARACTER SET utf8mb4")
        yield server


_Server = TypeVar("_Server", bound=OwnServer)


@contextmanager
def _running(server: _Server) -> Iterator[_Server]:
    try:
        server.start()
        yield server
    finally:
        server.end()


@contextmanager
def _home(account: str | None, *make: str) -> Iterator[Path]:
    """A folder with the files that the command `make` makes in `{data}`. It is not below the test's own: that one is
    closed to other accounts, and its path too long for a socket."""
    home = _new_folder(account)
    try:
        if make:
            _run(account, home, "cp", "-a", str(_template(account, *make)), "data")
        yield home
    finally:
        shutil.rmtree(home)


@cache
def _template(account: str | None, *make: str) -> Path:
    """Made once and then copied: making takes ten times as long."""
    home = _new_folder(account)
    atexit.register(shutil.rmtree, home)
    data = home / "data"
    _run(account, home, *(part.format(data=data) for part in make))
    return data


def _new_folder(account: str | None) -> Path:
    made = tempfile.mkdtemp(prefix="tongxin-own-")
    if account:
        shutil.chown(made, account)
    return Path(made).resolve()


def _run(account: str | None, folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_as(account))
    assert done.returncode == 0, done.stdout + done.stderr


def _as(account: str | None) -> dict[str, Any]:
    """Options of a process that runs as this account: database servers refuse to run as root."""
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []} if account else {}


def _program(name: str, engine: str) -> str:
    """Where it stands. Absent, it skips the test, or fails it where tests/required.py wants the engine."""
    found = shutil.which(name, path=_search_path())
    if found:
        return found
    if engine in missing(set(), ""):
        pytest.fail(f"CI must test on {engine}, and {name} is not there")
    pytest.skip(f"{name} is not there")


def _search_path() -> str:
    """PATH, before it PostgreSQL's own folders, behind it those that only root has in PATH."""
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    asked = shutil.which("pg_config")
    told = [subprocess.check_output([asked, "--bindir"], text=True).strip()] if asked else []
    return os.pathsep.join([*map(str, debian), *told, os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"])
