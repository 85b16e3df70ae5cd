"""The servers of a test's own: killed and started again they hold what was committed, two of them do not meet, and
nothing of them is left."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from peewee import InterfaceError, OperationalError

from backend.storage.database import ask, connect
from tests.ownservers import OwnPostgres, OwnServer, own_mariadb, own_postgres, own_redis

pytestmark = pytest.mark.kill

Own = Callable[[Path], AbstractContextManager[OwnServer]]


def _stop(server: OwnServer) -> None:
    server.stop()


def _kill(server: OwnServer) -> None:
    server.kill()


every_own = pytest.mark.parametrize("own", [own_redis, own_postgres, own_mariadb])
every_database = pytest.mark.parametrize("own", [own_postgres, own_mariadb])
every_end = pytest.mark.parametrize("end", [_stop, _kill])


@contextmanager
def _database(server: OwnServer) -> Iterator[Any]:
    database: Any = connect(server.url)
    try:
        yield database
    finally:
        with suppress(OperationalError, InterfaceError):  # the server may be gone
            database.close()
        database.close_all()


def _create(server: OwnServer) -> None:
    with _database(server) as database:
        database.execute_sql("CREATE TABLE numbers (n INT PRIMARY KEY)")


def _insert(server: OwnServer, number: int) -> None:
    with _database(server) as database:
        database.execute_sql(f"INSERT INTO numbers VALUES ({number})")


def _total(server: OwnServer) -> int:
    with _database(server) as database:
        return int(str(ask(database, "SELECT sum(n) FROM numbers")))


def _client(server: OwnServer) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def _takes_calls(server: OwnServer) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=3):
        return True
    return False


def _pids(server: OwnServer) -> set[int]:
    """The server's own process, and those it says it has besides."""
    if not isinstance(server, OwnPostgres):
        return {server.pid}
    with psycopg.connect(server.url) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
    assert len(rows) > 3
    return {server.pid, *(pid for (pid,) in rows)}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@every_end
@every_database
def test_a_database_started_again_holds_what_was_committed(
    own: Own, end: Callable[[OwnServer], None], tmp_path: Path
) -> None:
    with own(tmp_path) as server:
        _create(server)
        _insert(server, 1)
        end(server)
        assert not _takes_calls(server)
        server.start()
        assert _total(server) == 1


@every_end
@every_database
def test_what_was_not_committed_is_gone(own: Own, end: Callable[[OwnServer], None], tmp_path: Path) -> None:
    with own(tmp_path) as server:
        _create(server)
        _insert(server, 1)
        with _database(server) as database:
            database.begin()
            database.execute_sql("INSERT INTO numbers VALUES (2)")
            end(server)
        server.start()
        assert _total(server) == 1


@every_database
def test_each_of_many_commits_outlives_a_kill_that_follows_at_once(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as server:
        _create(server)
        for number in (1, 2, 4, 8):
            _insert(server, number)
            server.kill()
            server.start()
        assert _total(server) == 15


@every_end
@pytest.mark.parametrize("keeps", [True, False])
def test_a_redis_started_again_holds_what_it_held_only_if_it_keeps(
    keeps: bool, end: Callable[[OwnServer], None], tmp_path: Path
) -> None:
    with own_redis(tmp_path, keeps) as server, _client(server) as client:
        client.set("k", "v")
        end(server)
        assert not _takes_calls(server)
        server.start()
        assert client.get("k") == (b"v" if keeps else None)


def test_a_redis_that_was_emptied_stays_empty(tmp_path: Path) -> None:
    with own_redis(tmp_path, keeps=True) as server, _client(server) as client:
        client.set("k", "v")
        server.empty()
        assert client.dbsize() == 0
        server.kill()
        server.start()
        assert client.dbsize() == 0


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_stops_in_the_mode_that_was_asked_for(mode: Any, tmp_path: Path) -> None:
    with own_postgres(tmp_path) as server:
        server.stop(mode)
        assert f"received {mode} shutdown request" in server.log.read_text()
        server.start()
        assert ("automatic recovery in progress" in server.log.read_text()) == (mode == "immediate")


@pytest.mark.parametrize(("syncs", "setting"), [(True, "on"), (False, "off")])
def test_postgres_syncs_unless_told_otherwise(syncs: bool, setting: str, tmp_path: Path) -> None:
    with own_postgres(tmp_path, syncs) as server, _database(server) as database:
        assert ask(database, "SHOW fsync") == setting


@every_own
def test_a_restarted_server_is_another_process_at_the_same_address(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as server:
        url, pid = server.url, server.pid
        server.restart()
        assert (server.url == url, server.pid == pid) == (True, False)
        assert _takes_calls(server)


@pytest.mark.parametrize("own", [own_redis, own_mariadb])
def test_a_server_that_died_by_itself_can_be_started_again(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as server:
        os.kill(server.pid, signal.SIGKILL)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
        server.start()
        assert _takes_calls(server)


@every_database
def test_two_databases_at_once_do_not_meet(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as one, own(tmp_path) as other:
        for server, number in ((one, 1), (other, 2)):
            _create(server)
            _insert(server, number)
        one.kill()
        assert _total(other) == 2
        one.start()
        assert (_total(one), _total(other)) == (1, 2)


def test_two_redis_at_once_do_not_meet(tmp_path: Path) -> None:
    with own_redis(tmp_path, keeps=True) as one, own_redis(tmp_path) as other:
        for server in (one, other):
            with _client(server) as client:
                client.set("port", server.port)
        one.kill()
        other.empty()
        one.start()
        with _client(one) as first, _client(other) as second:
            assert (first.get("port"), second.get("port")) == (str(one.port).encode(), None)


@every_own
def test_nothing_is_left_of_a_server_whose_test_fails(own: Own, tmp_path: Path) -> None:
    seen: set[int] = set()
    with suppress(ZeroDivisionError), own(tmp_path) as server:
        seen |= _pids(server)
        server.kill()
        server.start()
        seen |= _pids(server)
        raise ZeroDivisionError
    assert {pid for pid in seen if _is_alive(pid)} == set()
    assert (len(seen) > 1, server.home.exists(), _takes_calls(server)) == (True, False, False)
    assert server.log.exists(), "for whoever asks why"


@every_own
def test_a_server_that_was_ended_already_is_no_trouble(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as server:
        server.kill()
    assert not server.home.exists()


@every_own
def test_a_server_whose_port_was_taken_meanwhile_says_so(own: Own, tmp_path: Path) -> None:
    with own(tmp_path) as server:
        server.stop()
        with socket.create_server(("127.0.0.1", server.port)), pytest.raises(AssertionError, match="already in use"):
            server.start()
        server.start()
        assert _takes_calls(server)


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_an_absent_server_is_skipped_and_in_ci_it_fails(
    ci: str, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", str(tmp_path))
    either = pytest.fail.Exception, pytest.skip.Exception
    with pytest.raises(either, match="redis-server") as ended, own_redis(tmp_path):
        raise AssertionError("there is none in that folder")
    assert ended.type is outcome
