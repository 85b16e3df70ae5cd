"""Which key-value store this deployment uses: Redis when a URL is given, else a file beside the database."""

from backend.settings import Settings
from backend.storage.kv import KV
from backend.storage.kv_redis import RedisKV
from backend.storage.kv_sqlite import SqliteKV


def open_kv(settings: Settings) -> KV:
    if settings.redis_url:
        return RedisKV(settings.redis_url)
    return SqliteKV(settings.data_dir / "kv.db")
