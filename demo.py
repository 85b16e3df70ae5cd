"""The demonstration: a whole fictional street on one command, with a pretend WeChat and nothing to install."""

import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from backend import clock
from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.activities import actions as activities
from backend.errors import Unavailable
from backend.places import actions as places
from backend.runtime import Runtime
from backend.settings import Settings
from backend.staff import actions as new_staff
from backend.staff import queries as staff
from backend.staff.actions import NewStaff
from backend.storage import migrations
from backend.web import logs
from handlers import menu as menus
from models.staff import Role, StaffState

ROOT = Path(__file__).parent
STREET = ROOT / "simulator" / "street.csv"
CONTACTS = ROOT / "demo_contacts.csv"
ACTIVITIES = (
    ("9901", "冬季招聘会", 3, "09:00", "12:00", "慢城广场"),
    ("990101", "包饺子、学方言", 1, "14:30", "16:30", "春晓社区活动室"),
    ("990101", "免费量血压", 2, "08:30", "11:00", "春晓社区服务站"),
    ("990102", "儿童绘本时间", 4, "10:00", "11:30", "社区阅览室"),
)
"""Place, title, in how many days, from, until, where."""
DESKS = (
    ("管理员，管账号和系统", NewStaff("demo.admin", "何主任", "慢城街道办事处", Role.ADMINISTRATOR)),
    ("经办，管成员和区划", NewStaff("demo.clerk", "张敏", "慢城街道办事处", Role.CLERK, "9901")),
)
"""Who works in the console, each with what she does there: two, for who manages the staff sees no residents."""

READY_SECONDS = 30.0
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Addresses:
    web: str
    simulator: str


def run(port: int, simulator_port: int, data: Path) -> None:
    """Start everything, say where it is, and end everything on Ctrl+C or when a part ends."""
    began = time.monotonic()
    # Set before the parts are started: a shell's background job ignores SIGINT, and its children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for wanted in (port, simulator_port):
        _require_free(wanted)
    data.mkdir(parents=True, exist_ok=True)
    at = Addresses(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator_port}")
    env = _environment(data, at)
    parts = {"simulator": _simulator(simulator_port, data, env)}
    try:
        settings = _prepare(env)
        parts["web"] = _manage(["serve", "--port", str(port)], env)
        parts["worker"] = _manage(["worker"], env)
        parts["scheduler"] = _manage(["scheduler"], env)
        _wait(f"{at.simulator}/simulator/state", parts)
        _push_menu(settings)
        _wait(f"{at.web}/readyz", parts)
        _announce(at, _console(settings, at), time.monotonic() - began)
        _watch(parts)
    except KeyboardInterrupt:
        click.echo("\n正在结束…")
    finally:
        _end(parts)


def _require_free(port: int) -> None:
    """Asked beforehand: granian would share a port with another granian, and each get half of the messages."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sentence = f"端口 {port} 已被占用，请用 --port 或 --simulator-port 换一个。"
            raise Unavailable("port_taken", sentence) from error


def _environment(data: Path, at: Addresses) -> dict[str, str]:
    """The settings of all parts. Secrets are made once and kept beside the data: there are no default ones."""
    kept = data / "demo.json"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(_secrets(), indent=1))
    known: dict[str, str] = json.loads(kept.read_text())
    env = {
        **known,
        "TONGXIN_DATA_DIR": str(data),
        "TONGXIN_BASE_URL": at.web,
        "TONGXIN_WECHAT_API_BASE": at.simulator,
        "TONGXIN_WECHAT_MP_BASE": at.simulator,
        "TONGXIN_WECHAT_OPEN_BASE": at.simulator,
        "TONGXIN_LOG_LEVEL": "WARNING",
    }
    (data / "accounts.json").write_text(json.dumps(_accounts(env, at), ensure_ascii=False, indent=1))
    return env


def _secrets() -> dict[str, str]:
    made = {
        "TONGXIN_SECRET_KEY": secrets.token_urlsafe(48),
        "TONGXIN_DATA_KEYS": "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    for kind, name in (("OFFICIAL", "慢城街道"), ("MINIPROGRAM", "慢城街坊")):
        made |= {
            f"TONGXIN_{kind}_APP_ID": f"wx{secrets.token_hex(8)}",
            f"TONGXIN_{kind}_APP_SECRET": secrets.token_hex(16),
            f"TONGXIN_{kind}_TOKEN": _word(20),
            f"TONGXIN_{kind}_AES_KEY": _word(43),
            f"TONGXIN_{kind}_NAME": name,
        }
    return made


def _word(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _accounts(env: dict[str, str], at: Addresses) -> dict[str, list[dict[str, str]]]:
    """What the pretend WeChat has to know of the accounts, in its own file format."""
    return {"accounts": [_account(kind, env, at) for kind in ("official", "miniprogram")]}


def _account(kind: str, env: dict[str, str], at: Addresses) -> dict[str, str]:
    given = {
        name: env[f"TONGXIN_{kind.upper()}_{name.upper()}"]
        for name in ("app_id", "app_secret", "token", "aes_key", "name")
    }
    return {
        **given,
        "kind": kind,
        "original_id": f"gh_{given['app_id'][-12:]}",
        "push_url": f"{at.web}/wechat/{given['app_id']}",
        "mode": "safe",
        "format": "xml",
    }


def _prepare(env: dict[str, str]) -> Settings:
    """Schema, accounts, the fictional street, whom to call there and what is on."""
    settings = all_settings.load(env)
    logs.configure(settings.log_level)
    runtime = runtimes.start(settings)
    migrations.apply(runtime.database)
    accounts.seed(settings, runtime.cipher)
    places.spell()
    places.import_sheet(STREET.read_text("utf-8"))
    places.import_contacts(CONTACTS.read_text("utf-8"))
    activities.import_sheet(_activities(clock.beijing(clock.now()).date()))
    runtime.close()
    return settings


def _activities(today: date) -> str:
    """A sheet of what is on in the days to come, whichever day it is."""
    lines = (
        f"{code},{title},{today + timedelta(days)} {start},{today + timedelta(days)} {end},{venue}"
        for code, title, days, start, end, venue in ACTIVITIES
    )
    return "\n".join(["code,title,start,end,venue", *lines])


def _push_menu(settings: Settings) -> None:
    runtime = runtimes.start(settings)
    for account in runtime.accounts.official():
        runtime.gateway(account.app_id).menus.push(menus.of(account.id))
    runtime.close()


def _simulator(port: int, data: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    files = [
        "--accounts",
        str(data / "accounts.json"),
        "--data",
        str(data / "simulator"),
        "--street",
        str(STREET),
    ]
    return _start([sys.executable, "-m", "simulator", "--port", str(port), *files], env)


def _manage(arguments: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return _start([sys.executable, str(ROOT / "manage.py"), *arguments], env)


def _start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own, so that Ctrl+C reaches this process first and it ends the parts in order.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    quiet = subprocess.DEVNULL if command[1] == "-m" else None
    return subprocess.Popen(  # noqa: S603 - our own programs, no word of anybody's
        command, cwd=ROOT, env={**inherited, **env}, start_new_session=True, stdout=quiet
    )


def _wait(url: str, parts: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(url):
        _require_alive(parts)
        if time.monotonic() > deadline:
            raise Unavailable("demo_not_ready", f"{url} 在 {READY_SECONDS:.0f} 秒内没有准备好。")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - an address of our own making
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _require_alive(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, part in parts.items():
        if part.poll() is not None:
            raise Unavailable("demo_ended", f"{name} 意外结束了（退出码 {part.returncode}），端口可能被占用。")


def _console(settings: Settings, at: Addresses) -> str:
    """Where each of the staff begins: with a link until her account is set up, since there is no default one."""
    with contextlib.closing(runtimes.start(settings)) as runtime:
        doors = [f"{does}：登录名 {told.login}\n             {_door(runtime, told, at)}" for does, told in DESKS]
    return "\n             ".join(doors)


def _door(runtime: Runtime, told: NewStaff, at: Addresses) -> str:
    known = staff.by_login(told.login)
    if known is not None and known.state is not StaffState.INVITED:
        return f"{at.web}/console/"
    audit = runtime.audit
    link = new_staff.add(audit, None, told) if known is None else new_staff.new_link(audit, None, known.id)
    return f"{at.web}/console/setup/{link.token}"


def _announce(at: Addresses, console: str, seconds: float) -> None:
    click.echo(f"""
同心演示已就绪（{seconds:.1f} 秒）

  手机：     {at.simulator}/        ← 用浏览器打开，选一个人，点「关注公众号」
  工作台：   {console}
             第一次用链接设密码，要一个手机验证器；居民在「手机」里注册后，经办就能查到
  服务：     {at.web}/readyz
  接口说明： {at.web}/api/v1/openapi.json

  数据在演示目录里，删掉就重新开始。按 Ctrl+C 结束。
""")


def _watch(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _require_alive(parts)
        time.sleep(0.5)


def _end(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask first, insist after five seconds. The simulator goes last: the others may still speak to it."""
    for part in reversed(list(parts.values())):
        if part.poll() is None:
            part.send_signal(signal.SIGINT)
    for part in reversed(list(parts.values())):
        try:
            part.wait(5)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
