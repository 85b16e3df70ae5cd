"""A store that several processes share, and the lines with which another process opens the same one."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.storage.kv import KV
from backend.storage.kv_redis import RedisKV
from backend.storage.kv_sqlite import SqliteKV
from tests.servers import redis_url

REDIS = redis_url()


@dataclass(frozen=True)
class Shared:
    kv: KV
    opening: str


@pytest.fixture(params=["sqlite", *(["redis"] if REDIS else [])])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    if request.param == "sqlite":
        path = tmp_path / "kv.db"
        made = Shared(SqliteKV(path), f"{_SQLITE}\nkv = SqliteKV(Path({str(path)!r}))\n")
    else:
        prefix = f"test:{os.getpid()}:{tmp_path.name}:"
        made = Shared(RedisKV(REDIS, prefix), f"{_REDIS}\nkv = RedisKV({REDIS!r}, {prefix!r})\n")
    yield made
    made.kv.close()


_SQLITE = "from pathlib import Path\nfrom backend.storage.kv import *\nfrom backend.storage.kv_sqlite import SqliteKV"
_REDIS = "from backend.storage.kv import *\nfrom backend.storage.kv_redis import RedisKV"
