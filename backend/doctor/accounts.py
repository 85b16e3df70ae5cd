"""The accounts: whether the platform lets them in, and what it has closed to them."""

from collections.abc import Iterator
from functools import partial

from peewee import PeeweeException

from backend import clock
from backend.doctor.findings import Finding, Verdict, probe
from backend.errors import HouseError
from backend.places import queries as places
from backend.runtime import Runtime
from backend.wechat.circuits import ACCOUNT, Closure
from backend.wechat.failures import GatewayError, Refused
from backend.wechat.gateway import Gateway

REMEDIES = {
    40013: "AppID 不对：请核对 TONGXIN_OFFICIAL_APP_ID。",
    40001: "AppSecret 不对：请在公众平台重置后更新设置。",
    40125: "AppSecret 不对：请在公众平台重置后更新设置。",
    40164: "本机的出口 IP 不在白名单：请在公众平台「基本配置 → IP 白名单」里加上报错里的地址。",
    40243: "AppSecret 被冻结：请在公众平台解冻。",
    89503: "等待管理员在微信里确认。",
}


def accounts_of(runtime: Runtime) -> Iterator[Finding]:
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
        yield from probe(f"账号「{account.name}」", "", partial(_account, runtime, account.app_id, account.name))


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
