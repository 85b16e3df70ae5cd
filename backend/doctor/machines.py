"""The settings, and what must answer before anything else does: the database, the key-value store, the queue."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from peewee import MySQLDatabase

from backend.doctor.findings import Finding, Verdict
from backend.runtime import Runtime
from backend.settings import Settings
from backend.storage import database as databases
from backend.storage import migrations

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def settings_of(settings: Settings) -> Iterator[Finding]:
    if not settings.base_url:
        yield Finding(
            Verdict.ADVICE,
            "没有设置 TONGXIN_BASE_URL",
            "二维码和链接要用到对外的网址，例如 https://wx.example.org",
        )
    elif not settings.base_url.startswith("https://") and urlsplit(settings.base_url).hostname not in _THIS_MACHINE:
        yield Finding(Verdict.BAD, "TONGXIN_BASE_URL 不是 https", "微信只打开 https 的网址，请配置证书。")
    if settings.base_url.startswith("https://") and not settings.proxies:
        yield Finding(
            Verdict.BAD,
            "TONGXIN_PROXIES 是 0，而对外的网址是 https",
            "前面有代理（例如 nginx）时请写 1，否则所有人会被当成同一个网络地址来限制次数。",
        )
    if settings.wechat_api_base != "https://api.weixin.qq.com":
        yield Finding(
            Verdict.ADVICE,
            f"微信接口指向 {settings.wechat_api_base}",
            "正式上线时请去掉 TONGXIN_WECHAT_API_BASE。",
        )


def database_of(runtime: Runtime) -> Iterator[Finding]:
    databases.ping(runtime.database)
    behind = migrations.pending(runtime.database)
    if behind:
        yield Finding(Verdict.BAD, f"数据库结构落后 {len(behind)} 步", "请运行 python manage.py migrate")
        return
    yield from _charset(runtime)
    yield Finding(Verdict.GOOD, "数据库连得上，结构是最新的")


def _charset(runtime: Runtime) -> Iterator[Finding]:
    if not isinstance(runtime.database, MySQLDatabase):
        return
    charset = databases.ask(runtime.database, "SELECT @@character_set_database")
    if charset != "utf8mb4":
        remedy = "请运行 ALTER DATABASE … CHARACTER SET utf8mb4，否则有些汉字存不下。"
        yield Finding(Verdict.BAD, f"数据库的字符集是 {charset}", remedy)


def store_of(runtime: Runtime) -> Iterator[Finding]:
    runtime.kv.ping()
    yield Finding(Verdict.GOOD, "键值存储连得上")


def queue_of(runtime: Runtime) -> Iterator[Finding]:
    waiting = runtime.queue.waiting()
    yield Finding(Verdict.GOOD, f"任务队列连得上，有 {waiting} 件等着")
    if waiting > 1000:
        yield Finding(Verdict.BAD, "任务队列积压", "请确认 python manage.py worker 在运行。")
