"""The command line. Joins the parts; decides nothing. `python manage.py --help` lists it all."""

import base64
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from peewee import PeeweeException

import demo as demonstration
import miniprogram_api
from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.doctor.examination import examine
from backend.doctor.findings import Verdict
from backend.errors import HouseError, NotFound
from backend.outbox import actions as outbox_actions
from backend.outbox import listing as outbox_listing
from backend.outbox import queries as outbox_queries
from backend.places import actions as places
from backend.runtime import Runtime
from backend.storage import migrations
from backend.storage.kv import StoreAway
from backend.subscriptions import actions as subscriptions
from backend.subscriptions import listing
from backend.subscriptions import queries as bindings
from backend.subscriptions import rules as templates
from backend.web import logs
from backend.wechat.circuits import ACCOUNT
from backend.wechat.failures import GatewayError
from handlers import menu as menus
from jobs import days, runs, timetable
from jobs import scheduler as schedulers
from jobs import worker as workers
from models.deliveries import Channel
from models.registry import TABLES

_ASK_DOCTOR = "请运行 python manage.py doctor 看看哪里不对。"


def _start() -> Runtime:
    settings = all_settings.load()
    logs.configure(settings.log_level)
    return runtimes.start(settings)


def _ready() -> Runtime:
    """A process that works with the tables: not with an older schema."""
    runtime = _start()
    migrations.require_current(runtime.database)
    accounts.seed(runtime.settings, runtime.cipher)
    return runtime


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """同心 (Tongxin)：公众号和小程序背后的社区服务。"""
    # What is written here holds secrets and people: files are for this user alone.
    os.umask(0o077)


@main.command()
@click.option("--port", default=8000, show_default=True, help="网页服务的端口")
@click.option("--simulator-port", default=8001, show_default=True, help="模拟微信的端口")
@click.option("--data", default="var/demo", show_default=True, type=click.Path(path_type=Path), help="数据放在哪里")
def demo(port: int, simulator_port: int, data: Path) -> None:
    """演示：模拟微信、网页服务、任务进程、定时进程，一个命令全部启动。"""
    demonstration.run(port, simulator_port, data)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """网页服务（granian）。"""
    runtime = _ready()
    settings = runtime.settings
    runtime.close()
    Granian(
        "wsgi:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backpressure=settings.web_threads * 8,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()


@main.command()
def worker() -> None:
    """任务进程：从队列里取任务来做。"""
    workers.serve(_ready())


@main.command()
def scheduler() -> None:
    """定时进程：可以启动几个，同一时刻只有一个工作。"""
    schedulers.serve(_ready())


@main.command()
@click.argument("name")
def job(name: str) -> None:
    """现在就做一次定时任务，名字见 jobs/timetable.py。"""
    try:
        chosen = timetable.job(name)
    except KeyError as error:
        known = "、".join(item.name for item in timetable.TIMETABLE)
        raise NotFound("job_unknown", f"没有叫「{name}」的任务。有：{known}") from error
    click.echo(f"{name}：处理了 {runs.by_hand(chosen, _ready())} 件")


@main.command()
def jobs() -> None:
    """全天的定时任务：什么时候做，上次做得怎样。"""
    _ready()
    click.echo("\n".join(days.page(timetable.TIMETABLE)))


@main.command()
def migrate() -> None:
    """把数据库结构升级到最新，并把设置里的账号写进去。"""
    runtime = _start()
    names = migrations.apply(runtime.database)
    accounts.seed(runtime.settings, runtime.cipher)
    click.echo("\n".join(f"已升级：{name}" for name in names) or "数据库结构已经是最新的。")


@main.command()
@click.argument("name")
def migration(name: str) -> None:
    """从模型生成下一个迁移文件。"""
    path = migrations.generate(TABLES, name)
    click.echo(f"已生成：{path}" if path else "模型和迁移一致，不用生成。")


@main.command()
def doctor() -> None:
    """看看配置、连接有没有问题，怎么修。"""
    bad = False
    for finding in examine(_start(), timetable.expected()):
        bad = bad or finding.verdict is Verdict.BAD
        click.echo(f"[{finding.verdict}] {finding.what}" + (f"\n      {finding.remedy}" if finding.remedy else ""))
    sys.exit(1 if bad else 0)


@main.command()
def openapi() -> None:
    """接口文档（OpenAPI），用来生成 docs/client。"""
    click.echo(json.dumps(miniprogram_api.described(), ensure_ascii=False, indent=1, sort_keys=True))


@main.command()
def keys() -> None:
    """生成一组密钥，写进环境变量文件。"""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    click.echo(f"TONGXIN_SECRET_KEY={secrets.token_urlsafe(48)}\nTONGXIN_DATA_KEYS=k1:{key}")


@main.group("import")
def imports() -> None:
    """从表格导入。"""


@imports.command("places")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_places(file: Path) -> None:
    """区划，CSV 表头：code,name,level,parent,lat,lng。有一行不对就一行也不导入。"""
    _ready()
    try:
        done = places.import_sheet(file.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise HouseError("not_utf8", "这个文件不是 UTF-8 编码，请另存为「CSV UTF-8」再导入。") from error
    click.echo(f"新增 {done.added}，修改 {done.changed}，未变 {done.same}。")


@main.group()
def menu() -> None:
    """公众号菜单。"""


@menu.command("push")
@click.option("--app-id", default="", help="只推送这一个公众号")
def menu_push(app_id: str) -> None:
    """把 handlers/menu.py 里的菜单推送到公众号。"""
    runtime = _ready()
    chosen = [account for account in runtime.accounts.official() if app_id in ("", account.app_id)]
    if not chosen:
        raise NotFound("account_unknown", "没有找到公众号，请先设置 TONGXIN_OFFICIAL_APP_ID 等四项。")
    for account in chosen:
        runtime.gateway(account.app_id).menus.push(menus.MENU)
        click.echo(f"已推送菜单：{account.name}")


@main.group()
def template() -> None:
    """消息模板：哪种消息用微信上的哪个模板来发。"""


@template.command("list")
@click.argument("app_id")
def template_list(app_id: str) -> None:
    """列出微信上这个账号的模板，和各自绑定的消息。"""
    runtime = _ready()
    account = runtime.account(app_id)
    bound = [one for one in bindings.bindings().values() if one.account_id == account.id]
    offers = bindings.offers(runtime.gateway(app_id), account.kind)
    click.echo("\n".join(listing.lines(offers, bound)) or "微信上还没有模板，请先在公众平台里添加。")


@template.command("bind")
@click.argument("app_id")
@click.argument("kind")
@click.argument("template_id")
@click.argument("fields", nargs=-1)
def template_bind(app_id: str, kind: str, template_id: str, fields: tuple[str, ...]) -> None:
    """KIND 这种消息用这个模板发；FIELDS 写成 thing1=title time2=when：模板里的每一项用消息的哪个字段来填。"""
    runtime = _ready()
    account = runtime.account(app_id)
    given = templates.fields_of(fields)
    offer = bindings.offer(runtime.gateway(app_id), account.kind, template_id)
    subscriptions.bind(account.id, kind, offer, given)
    click.echo(f"已绑定：{kind} 通过 {offer.channel} 用模板「{offer.title}」。")


@template.command("unbind")
@click.argument("app_id")
@click.argument("channel", type=click.Choice([channel.value for channel in templates.BINDABLE]))
@click.argument("kind")
def template_unbind(app_id: str, channel: str, kind: str) -> None:
    """KIND 这种消息不再通过这个通道发。"""
    runtime = _ready()
    subscriptions.unbind(runtime.account(app_id).id, Channel(channel), kind)
    click.echo(f"已解除绑定：{kind} 不再通过 {channel} 发。")


@main.group()
def outbox() -> None:
    """发出去的消息：看进度，暂停，继续，取消。"""


@outbox.command("list")
@click.option("--all", "everything", is_flag=True, help="也列出已经完成的")
@click.option("--limit", default=20, show_default=True)
def outbox_list(everything: bool, limit: int) -> None:
    """最近的投递，每个一行：各种结果的人数加起来就是总人数。"""
    _ready()
    found = outbox_queries.latest(limit, unfinished=not everything)
    click.echo("\n".join(outbox_listing.line(each) for each in found) or "没有等着发的消息。")


@outbox.command("show")
@click.argument("source", type=int)
def outbox_show(source: int) -> None:
    """一个投递的全部数字：结果、通道、原因。"""
    _ready()
    click.echo("\n".join(outbox_listing.page(outbox_queries.truth(source))))


@outbox.command("pause")
@click.argument("source", type=int)
def outbox_pause(source: int) -> None:
    """暂停：一秒内不再发出新的。"""
    _ready()
    outbox_queries.truth(source)
    click.echo(
        "已暂停。" if outbox_actions.pause(source, outbox_actions.BY_HAND) else "它没有在进行，没有什么可暂停的。"
    )


@outbox.command("resume")
@click.argument("source", type=int)
def outbox_resume(source: int) -> None:
    """继续发。"""
    runtime = _ready()
    outbox_queries.truth(source)
    click.echo("已继续。" if runtime.outbox.resume(source) else "它没有暂停，不用继续。")


@outbox.command("cancel")
@click.argument("source", type=int)
@click.confirmation_option(prompt="还没有发出的就不再发了，不能恢复。确定吗？")
def outbox_cancel(source: int) -> None:
    """取消：还没有发出的不再发。"""
    _ready()
    outbox_queries.truth(source)
    click.echo(f"已取消，{outbox_actions.cancel(source)} 人不会收到。")


@main.command()
@click.argument("app_id")
@click.option("--interface", default="", help="只恢复这一个接口，例如 /cgi-bin/message/custom/send")
@click.option("--clear-quota", is_flag=True, help="同时向微信申请清零今天的调用次数（次数有限，每月 10 次）")
def reopen(app_id: str, interface: str, clear_quota: bool) -> None:
    """恢复一个暂停调用微信的账号或接口：原因排除以后用。"""
    runtime = _ready()
    runtime.kv.ping()  # what is closed stands there: without it nothing would seem to be
    gateway = runtime.gateway(app_id)
    closed = gateway.circuits.closed()
    for name in closed if not interface else {interface} & closed.keys():
        gateway.circuits.reopen(name)
        click.echo(f"已恢复：{'整个账号' if name == ACCOUNT else name}")
    if clear_quota:
        gateway.quotas.clear(interface) if interface else gateway.quotas.clear_all()
        click.echo("微信已把调用次数清零。")
    gateway.ping()
    click.echo("微信接口可以调用了。")


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulator(arguments: tuple[str, ...]) -> None:
    """模拟微信（独立的程序），参数见 python -m simulator --help。"""
    command = [sys.executable, "-m", "simulator", *arguments]
    sys.exit(subprocess.call(command, env=os.environ))  # noqa: S603 - the operator's own words


def _refuse(error: click.ClickException) -> int:
    """The library would say it in English. Answers the exit code."""
    if isinstance(error, click.UsageError) and error.ctx and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(f"{_what_is_wrong(error)}。用法见 python {error.ctx.command_path} -h", err=True)
    else:
        error.show()
    return error.exit_code


def _what_is_wrong(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有「{error.option_name}」这个选项"
    if not isinstance(error, click.BadParameter) or error.param is None:
        return "命令写得不对"
    name = error.param.human_readable_name
    if isinstance(error, click.MissingParameter):
        return f"还要写上「{name}」"
    return f"「{name}」写得不对：{_wanted(error.param.type)}"


def _wanted(kind: object) -> str:
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(kind.choices)}"
    return "没有这个文件，或者它是个目录" if isinstance(kind, click.Path) else "要写数字"


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except click.ClickException as error:
        sys.exit(_refuse(error))
    except click.Abort:
        sys.exit(130)
    except HouseError as error:
        click.echo(error.sentence, err=True)
        for fault in error.errors:
            click.echo(f"  {fault.field}：{fault.message}", err=True)
        sys.exit(2)
    except GatewayError as error:
        click.echo(f"微信没有办成：{error}。{_ASK_DOCTOR}", err=True)
        sys.exit(1)
    except StoreAway:
        click.echo(f"键值存储没有答复。{_ASK_DOCTOR}", err=True)
        sys.exit(1)
    except PeeweeException as error:
        # The kind only: the driver's words may hold a password or a row.
        click.echo(f"数据库没有办成：{type(error).__name__}。{_ASK_DOCTOR}", err=True)
        sys.exit(1)
