"""What every test can ask for: a database of each engine that is there, key-value stores, and a running process.

SQLite is always there. PostgreSQL, MariaDB and Redis are used wherever they answer: at the addresses of
TEST_DATABASE_URLS (comma-separated) and TEST_REDIS_URL, else at their standard ports on loopback. Several processes may
run the tests: each has databases of its own, and Redis numbers from that of the address on.
"""

import base64
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.accounts.queries import Account
from backend.privacy.cipher import FieldCipher
from backend.runtime import Runtime
from backend.settings import AccountSettings, Settings
from backend.storage import migrations
from backend.storage.kv import KV, MemoryKV
from backend.storage.kv_redis import RedisKV
from backend.storage.kv_sqlite import SqliteKV
from backend.web import logs
from models import base
from tests.databases import Ready
from tests.required import missing
from tests.servers import database_servers, redis_url

DATA_KEY = "k1:" + base64.urlsafe_b64encode(bytes(range(32))).decode()
OFFICIAL = AccountSettings(
    kind="official",
    app_id="wxba5fad812f8e6fb9",
    app_secret="s" * 32,
    token="AAAAA",
    aes_key="A" * 43,
    name="慢城街道",
)

SERVERS = database_servers()
REDIS = redis_url()


def pytest_sessionstart() -> None:
    absent = missing(set(SERVERS), REDIS)
    if absent:
        raise pytest.UsageError(f"CI must test on {', '.join(absent)}, which did not answer")


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    logs.configure("INFO")


@pytest.fixture(scope="session")
def ready_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    made = Ready(SERVERS, tmp_path_factory.mktemp("models"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", *SERVERS])
def database_url(request: pytest.FixtureRequest, ready_databases: Ready, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it but the schema, on each engine in turn."""
    with ready_databases.database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", *SERVERS])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is not even a schema, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with SERVERS[request.param].empty_database() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return make_settings(tmp_path, database_url)


def make_settings(data_dir: Path, database_url: str = "") -> Settings:
    return replace(
        all_settings.load({}),
        data_dir=data_dir,
        database_url=database_url,
        secret_key="t" * 40,
        data_keys=DATA_KEY,
        official=OFFICIAL,
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    """A process with an up-to-date schema and one official account, on each engine."""
    made = runtimes.start(settings)
    migrations.apply(made.database)
    accounts.seed(settings, made.cipher)
    yield made
    made.close()


@pytest.fixture
def account(runtime: Runtime) -> Account:
    return runtime.account(OFFICIAL.app_id)


@pytest.fixture
def cipher(settings: Settings) -> FieldCipher:
    return FieldCipher(settings.keys)


@pytest.fixture(params=["memory", "sqlite", *(["redis"] if REDIS else [])])
def kv(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KV]:
    """Each implementation of the key-value port in turn."""
    store: KV
    if request.param == "memory":
        store = MemoryKV()
    elif request.param == "sqlite":
        store = SqliteKV(tmp_path / "kv.db")
    else:
        store = RedisKV(REDIS, prefix=f"test:{os.getpid()}:{tmp_path.name}:")
    yield store
    store.close()


@pytest.fixture(scope="session", autouse=True)
def _clean_redis() -> Iterator[None]:
    yield
    if REDIS:
        with redis.Redis.from_url(REDIS) as client:
            for key in client.scan_iter(f"test:{os.getpid()}:*", count=1000):
                client.delete(key)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _no_database_left_open() -> Iterator[None]:
    yield
    if base.database.obj is not None and not base.database.is_closed():
        base.database.close()
