"""The house behind a real HTTP server: on a thread of the test, or as a program that can be killed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.places import actions as places
from backend.runtime import Runtime
from backend.settings import PREFIX, AccountSettings, Settings
from backend.storage import migrations
from jobs import worker
from tests.conftest import OFFICIAL, make_settings
from tests.simulated import STREET, Platform, account_row, simulated, wait_for
from wsgi import create_app

MINIPROGRAM = AccountSettings(
    kind="miniprogram",
    app_id="wxfeedfeedfeedfeed",
    app_secret="m" * 32,
    token="BBBBB",
    aes_key="B" * 43,
    name="慢城街坊",
)


NOBODY = "http://127.0.0.1:1"
"""Where nobody listens."""


@contextmanager
def platform_of_both(folder: Path, web: str = NOBODY) -> Iterator[Platform]:
    """The simulator with both accounts, for whom it pushes to `web`."""
    with simulated(folder, [account_row(account, web) for account in (OFFICIAL, MINIPROGRAM)]) as platform:
        yield platform


@dataclass(frozen=True)
class House:
    app: Flask
    runtime: Runtime

    def work(self) -> int:
        """What the worker process would do now; answers how many messages the platform accepted."""
        self.runtime.queue.work_off(worker.works(self.runtime))
        return worker.engine(self.runtime).work()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """One line for each request would only hide what failed."""


def house_settings(data_dir: Path, platform: Platform, database_url: str = "") -> Settings:
    """Both accounts, and the simulator in the place of the platform."""
    settings = make_settings(data_dir, database_url)
    url = platform.url
    return replace(settings, miniprogram=MINIPROGRAM, wechat_api_base=url, wechat_mp_base=url, wechat_open_base=url)


def prepare(settings: Settings, *more: AccountSettings) -> Settings:
    """An up-to-date schema, the accounts, the fictional street."""
    runtime = runtimes.start(settings)
    migrations.apply(runtime.database)
    accounts.seed(settings, runtime.cipher)
    for account in more:
        accounts.put(account, runtime.cipher)
    places.import_sheet(STREET.read_text("utf-8"))
    runtime.close()
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """The application of a prepared house, not served: for its test client."""
    app = create_app(settings)
    runtime: Runtime = app.extensions["tongxin"]
    try:
        yield House(app, runtime)
    finally:
        _settle(runtime)
        runtime.close()


def _settle(runtime: Runtime) -> None:
    """Wait for whoever still works: closing a connection under another thread's hands ends the whole process."""
    if not runtime.database.is_closed():
        runtime.database.close()
    wait_for(lambda: not lent(runtime), 25)


def lent(runtime: Runtime) -> int:
    """How many connections of the pool are in somebody's hands."""
    pool: Any = runtime.database
    return len(pool._in_use)


@contextmanager
def served(settings: Settings, port: int) -> Iterator[House]:
    with opened(settings) as house, listening(house.app, port):
        yield house


@contextmanager
def listening(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process of its own reads them."""
    found: dict[str, str] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, AccountSettings):
            parts = {part.name: getattr(value, part.name) for part in fields(value) if part.name != "kind"}
            found |= {f"{PREFIX}{value.kind.upper()}_{name.upper()}": str(part) for name, part in parts.items()}
        else:
            found[PREFIX + field.name.upper()] = str(value)
    return found
