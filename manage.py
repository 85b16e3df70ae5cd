"""The command line. Joins the parts; decides nothing. `python manage.py --help` lists it all."""

import os
import subprocess
import sys
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from peewee import PeeweeException

import demo as demonstration
from backend.errors import HouseError
from backend.storage.kv import StoreAway
from backend.wechat.failures import GatewayError
from commands import (
    accounts,
    doctor,
    house,
    imports,
    jobs,
    keys,
    members,
    migrations,
    openapi,
    outbox,
    staff,
    templates,
)
from jobs import scheduler as schedulers
from jobs import worker as workers

COMMANDS: tuple[click.Command, ...] = (
    migrations.migrate,
    migrations.migration,
    doctor.doctor,
    keys.keys,
    keys.rotate_keys,
    imports.imports,
    jobs.job,
    jobs.jobs,
    openapi.openapi,
    members.member,
    members.head,
    outbox.outbox,
    templates.template,
    staff.staff,
    staff.verify_audit,
    accounts.menu,
    accounts.reopen,
)
"""Beside those below, which start processes."""

_ASK_DOCTOR = "请运行 python manage.py doctor 看看哪里不对。"


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
    runtime = house.ready()
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
    workers.serve(house.ready())


@main.command()
def scheduler() -> None:
    """定时进程：可以启动几个，同一时刻只有一个工作。"""
    schedulers.serve(house.ready())


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulator(arguments: tuple[str, ...]) -> None:
    """模拟微信（独立的程序），参数见 python -m simulator --help。"""
    command = [sys.executable, "-m", "simulator", *arguments]
    sys.exit(subprocess.call(command, env=os.environ))  # noqa: S603 - the operator's own words


for each in COMMANDS:
    main.add_command(each)


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
