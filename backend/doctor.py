"""Looks a deployment over: what is configured, reachable, wrong, and how to mend it. Changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

from peewee import MySQLDatabase, PeeweeException

from backend import clock
from backend.errors import HouseError
from backend.places import queries as places
from backend.runtime import Runtime
from backend.schedules import queries as schedules
from backend.schedules import rules as schedule_rules
from backend.schedules.rules import Expected, JobDay, Trouble
from backend.settings import Settings
from backend.storage import database as databases
from backend.storage import migrations
from backend.wechat.circuits import ACCOUNT, Closure
from backend.wechat.failures import GatewayError, Refused
from backend.wechat.gateway import Gateway


class Verdict(StrEnum):
    GOOD = "好"
    ADVICE = "建议"
    BAD = "要修"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    what: str
    remedy: str = ""


_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

REMEDIES = {
    40013: "AppID 不对：请核对 TONGXIN_OFFICIAL_APP_ID。",
    40001: "AppSecret 不对：请在公众平台重置后更新设置。",
    40125: "AppSecret 不对：请在公众平台重置后更新设置。",
    40164: "本机的出口 IP 不在白名单：请在公众平台「基本配置 → IP 白名单」里加上报错里的地址。",
    40243: "AppSecret 被冻结：请在公众平台解冻。",
    89503: "等待管理员在微信里确认。",
}


def examine(runtime: Runtime, jobs: Sequence[Expected] = ()) -> Iterator[Finding]:
    """One finding after another, so that a slow check does not hold back what is known already.

    `jobs` is what the timetable promises: the house does not know its doors, so the roof tells it.
    """
    yield from _settings(runtime.settings)
    database_works = True
    for finding in _probe("数据库", runtime.settings.database.split("://")[0], lambda: _database(runtime)):
        database_works = finding.verdict is not Verdict.BAD
        yield finding
    yield from _probe("键值存储", "redis" if runtime.settings.redis_url else "sqlite", lambda: _kv(runtime))
    yield from _probe("任务队列", "", lambda: _queue(runtime))
    if database_works:
        yield from _content(runtime)
        yield from _probe("定时任务", "", lambda: _jobs(runtime, jobs))


def _settings(settings: Settings) -> Iterator[Finding]:
    if not settings.base_url:
        yield Finding(
            Verdict.ADVICE,
            "没有设置 TONGXIN_BASE_URL",
            "二维码和链接要用到对外的网址，例如 https://wx.example.org",
        )
    elif not settings.base_url.startswith("https://") and urlsplit(settings.base_url).hostname not in _THIS_MACHINE:
        yield Finding(Verdict.BAD, "TONGXIN_BASE_URL 不是 https", "微信只打开 https 的网址，请配置证书。")
    if settings.wechat_api_base != "https://api.weixin.qq.com":
        yield Finding(
            Verdict.ADVICE,
            f"微信接口指向 {settings.wechat_api_base}",
            "正式上线时请去掉 TONGXIN_WECHAT_API_BASE。",
        )


def _probe(what: str, kind: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except (HouseError, GatewayError) as error:
        yield Finding(Verdict.BAD, what, getattr(error, "sentence", str(error)))
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is a finding
        where = f"({kind})" if kind else ""
        yield Finding(Verdict.BAD, f"{what}{where} 连不上：{type(error).__name__}", "请检查地址、密码和服务是否启动。")


def _database(runtime: Runtime) -> Iterator[Finding]:
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


def _kv(runtime: Runtime) -> Iterator[Finding]:
    runtime.kv.ping()
    yield Finding(Verdict.GOOD, "键值存储连得上")


def _queue(runtime: Runtime) -> Iterator[Finding]:
    waiting = runtime.queue.waiting()
    yield Finding(Verdict.GOOD, f"任务队列连得上，有 {waiting} 件等着")
    if waiting > 1000:
        yield Finding(Verdict.BAD, "任务队列积压", "请确认 python manage.py worker 在运行。")


def _content(runtime: Runtime) -> Iterator[Finding]:
    try:
        accounts = list(runtime.accounts.all().values())
        known = places.count()
    except (HouseError, PeeweeException) as error:
        yield Finding(Verdict.BAD, "账号读不出来", getattr(error, "sentence", type(error).__name__))
        return
    if not accounts:
        yield Finding(
            Verdict.BAD, "还没有接入公众号", "请设置 TONGXIN_OFFICIAL_APP_ID 等四项，再运行 python manage.py migrate。"
        )
    if not known:
        yield Finding(Verdict.ADVICE, "还没有区划", "请运行 python manage.py import places 文件.csv")
    for account in accounts:
        yield from _probe(f"账号「{account.name}」", "", partial(_account, runtime, account.app_id, account.name))


def _account(runtime: Runtime, app_id: str, name: str) -> Iterator[Finding]:
    gateway = runtime.gateway(app_id)
    closed = gateway.circuits.closed()
    for path, closure in closed.items():
        yield _closure(app_id, name, path, closure)
    if ACCOUNT not in closed:
        yield from _token(gateway, name)


def _closure(app_id: str, name: str, path: str, closure: Closure) -> Finding:
    until = f"{clock.beijing(clock.from_timestamp(closure.until)):%m 月 %d 日 %H:%M}"
    why = f"（{closure.reason}）"
    if path == ACCOUNT:
        remedy = f"{REMEDIES.get(closure.errcode, '')}改好以后运行 python manage.py reopen {app_id}"
        return Finding(Verdict.BAD, f"账号「{name}」暂停调用微信，到 {until}{why}", remedy)
    remedy = f"到时候会自己恢复。要马上恢复，请运行 python manage.py reopen {app_id} --interface {path}"
    return Finding(Verdict.ADVICE, f"账号「{name}」的接口 {path} 停用到 {until}{why}", remedy)


def _token(gateway: Gateway, name: str) -> Iterator[Finding]:
    try:
        gateway.ping()
    except Refused as error:
        answer = f"微信的答复：{error.errcode} {error.errmsg}"  # names the address that is not on the whitelist
        yield Finding(Verdict.BAD, f"账号「{name}」拿不到 access_token", f"{REMEDIES.get(error.errcode, '')}{answer}")
    except GatewayError as error:
        yield Finding(Verdict.BAD, f"账号「{name}」连不上微信", f"{error}。请检查网络和 TONGXIN_WECHAT_API_BASE。")
    else:
        yield Finding(Verdict.GOOD, f"账号「{name}」能拿到 access_token")


def _jobs(runtime: Runtime, jobs: Sequence[Expected]) -> Iterator[Finding]:
    """Says nothing of a house in which nothing has been run yet, until its first day has passed."""
    now, installed_at = clock.now(), _schema_since(runtime)
    known = [(job, schedules.last_day(job.name)) for job in jobs]
    found = {
        job: schedule_rules.trouble(job, last, schedules.succeeded_at(job.name), installed_at, now)
        for job, last in known
    }
    late = [_job_title(job) for job, trouble in found.items() if trouble is Trouble.LATE]
    if late:
        remedy = "请确认 python manage.py scheduler 在运行，再看 python manage.py jobs。"
        yield Finding(Verdict.BAD, f"定时任务没有按时做成：{'、'.join(late)}", remedy)
    for job, last in known:
        if last is not None and found[job] in (Trouble.FAILED, Trouble.UNFINISHED):
            yield _last_run(job, last)
    if not any(found.values()) and any(last for _, last in known):
        yield Finding(Verdict.GOOD, "定时任务都按时做了")


def _last_run(job: Expected, last: JobDay) -> Finding:
    began = f"{clock.beijing(last.started_at):%m 月 %d 日 %H:%M}"
    what, again = f"定时任务 {_job_title(job)}", f"再做一次没有坏处：python manage.py job {job.name}"
    if last.error:
        return Finding(
            Verdict.BAD, f"{what}上次没有做成：{last.error}（{began}）", f"原因在日志的 job.failed 里。{again}"
        )
    return Finding(Verdict.ADVICE, f"{what}从 {began} 开始，没有做完", f"可能中途被结束了。{again}")


def _job_title(job: Expected) -> str:
    return f"{job.name}（{job.title}）"


def _schema_since(runtime: Runtime) -> datetime:
    """When the schema last changed: jobs that came with the change have had no turn before."""
    applied = databases.ask(runtime.database, "SELECT MAX(applied) FROM schema_migration")
    # SQLite answers with text; peewee's history is written in the machine's own time.
    return datetime.fromisoformat(str(applied)).astimezone(UTC)
