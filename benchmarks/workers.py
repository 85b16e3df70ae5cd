"""The programs that are measured: one prepares a database, one is a worker, one sends without recording anything.

`python -m benchmarks.workers prepare|work|send PORT CERTIFICATE COUNT DATABASE_URL FOLDER`; each prints its figures.
"""

import json
import os
import resource
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from peewee import chunked

from backend import clock
from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.accounts.queries import Account
from backend.outbox import queries
from backend.outbox.messages import Message, Source
from backend.runtime import Runtime
from backend.settings import AccountSettings, Settings
from backend.storage import migrations
from backend.web import logs
from backend.wechat.calls.templates import TemplateSend
from backend.wechat.sending.sends import Limits
from jobs import worker
from models.accounts import AccountKind
from models.base import database
from models.deliveries import Channel, Priority
from models.followers import FollowState, WechatIdentity
from models.subscriptions import MessageTemplate, TemplateTerm

APP_ID, TOKEN, TEMPLATE = "wx" + "a" * 16, "77_" + "a" * 120, "t" * 43
IN_FLIGHT = 256
TITLE, WHEN = "端午包粽子", "2026年6月1日 09:00"


def settings_of(port: str, certificate: str, url: str, folder: str) -> Settings:
    account = AccountSettings("official", APP_ID, "s" * 32, "token", "A" * 43, name="慢城街道")
    return replace(
        all_settings.load({}),
        data_dir=Path(folder),
        database_url=url,
        secret_key="t" * 40,
        data_keys="k1:" + "A" * 43 + "=",
        official=account,
        wechat_api_base=f"https://127.0.0.1:{port}",
        wechat_ca_file=certificate,
        wechat_in_flight=IN_FLIGHT,
        wechat_per_second=0,
    )


def started(settings: Settings) -> Runtime:
    runtime = runtimes.start(settings)
    runtime.kv.put(f"token:{APP_ID}", json.dumps({"token": TOKEN, "until": time.time() + 7200}).encode())
    return runtime


def prepare(settings: Settings, count: int) -> None:
    """The schema, the people, and a frozen audience of all of them.

    Prints how many seconds the freezing took, and how many milliseconds it takes to ask how far it is.
    """
    runtime = started(settings)
    migrations.apply(runtime.database)
    accounts.seed(settings, runtime.cipher)
    account_id, now = runtime.account(APP_ID).id, clock.now()
    binding = {"account": account_id, "channel": Channel.TEMPLATE, "kind": "notice", "template_id": TEMPLATE}
    MessageTemplate.create(
        **binding, term=TemplateTerm.NONE, fields='{"thing1":"title","time2":"when"}', changed_at=now
    )
    people = (
        {"account": account_id, "openid": f"o{n:027d}", "follow_state": FollowState.FOLLOWING, "created_at": now}
        for n in range(count)
    )
    with database.atomic():
        for some in chunked(people, 200):
            WechatIdentity.insert_many(some).execute()
    start = time.perf_counter()
    source_id = runtime.outbox.put_all(source(), followers=WechatIdentity.select(WechatIdentity.id))
    frozen = time.perf_counter() - start
    start = time.perf_counter()
    assert queries.truth(source_id).audience == count
    print(frozen, (time.perf_counter() - start) * 1000)
    runtime.close()


def source() -> Source:
    fields = {"title": TITLE, "when": WHEN}
    told = Message("明天上午九点在社区活动中心包粽子，欢迎带上孩子一起来。", fields)
    until = clock.now() + timedelta(days=1)
    ladder = (Channel.TEMPLATE, Channel.INBOX)
    return Source("notice", "1", "told", "notice", told, ladder, Priority.BROADCAST, until, frozenset())


def work(settings: Settings) -> None:
    """Prints when it began and ended (seconds since 1970), how many were accepted, and of both its processes together
    the CPU seconds and the MiB."""
    runtime = started(settings)
    worker.tune()
    speaker = worker.speak_apart(runtime)
    worker.give_way()
    begun = time.time()
    accepted = runtime.engine.work()
    ended, mebibytes = time.time(), _mebibytes()
    speaker.close()
    _report(begun, ended, accepted, mebibytes)
    runtime.close()


def send(settings: Settings, count: int) -> None:
    """As `work`, with nothing written anywhere."""
    runtime = started(settings)
    gateway = runtime.gateway_for(Account(1, AccountKind.OFFICIAL, APP_ID, "", "s" * 32, "", ""))
    items = (TemplateSend(f"o{n:027d}", TEMPLATE, {"thing1": TITLE, "time2": WHEN}, f"d{n}") for n in range(count))
    begun = time.time()
    with gateway.sender.send_many(items, Limits(IN_FLIGHT, 0)) as batch:
        accepted = sum(outcome.error is None for outcome in batch)
    _report(begun, time.time(), accepted, _mebibytes())
    runtime.close()


def _mebibytes() -> float:
    """Of this process and its children; what they share is counted once. Their connections are open still."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(_proportional(process) for process in ("self", *children)) / 1024


def _proportional(process: str) -> int:
    """KiB: each page divided by those who have it."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _report(begun: float, ended: float, accepted: int, mebibytes: float) -> None:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(begun, ended, accepted, sum(each.ru_utime + each.ru_stime for each in used), mebibytes)


if __name__ == "__main__":
    logs.configure("ERROR")
    _, what, given_port, file, given_count, where, folder = sys.argv
    given = settings_of(given_port, file, where, folder)
    if what == "prepare":
        prepare(given, int(given_count))
    elif what == "work":
        work(given)
    else:
        send(given, int(given_count))
