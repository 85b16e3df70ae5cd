"""The controls of a running simulator from the command line: `python -m simulator fault add …`, over HTTP.

Exit code 0 when it was done, 2 when it could not be, with a Chinese sentence that says why.
"""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from simulator.notation import assignments, seconds_of
from simulator.remote import Remote, Unreachable, WrongUse
from simulator.shapes import JsonObject

HOME = "http://127.0.0.1:8001"

Run = Callable[[Remote, argparse.Namespace], None]


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(Remote(options.at), options)
    except (Unreachable, WrongUse) as failed:
        sys.stderr.write(f"{failed}\n")
        return 2
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fault_add(remote: Remote, options: argparse.Namespace) -> None:
    names = ("path", "errcode", "seconds", "times", "rate", "app_id", "openid")
    body = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    made = remote.post("/simulator/faults", body | {"fault": options.kind})
    _say(f"故障 {made['id']} 已设置。")


def _fault_list(remote: Remote, _: argparse.Namespace) -> None:
    items = remote.get("/simulator/faults")["items"]
    for fault in items:
        _say(_fault_line(fault))
    if not items:
        _say("没有故障。")


def _fault_line(fault: JsonObject) -> str:
    parts = [f"{fault['id']}", fault["fault"], fault["path"]]
    parts += [f"errcode {fault['errcode']}"] if fault["fault"] == "errcode" else []
    parts += [f"{fault['seconds']:g} 秒"] if fault["fault"] in {"slow", "delay"} else []
    parts += [f"概率 {fault['rate']:g}"] if fault["rate"] < 1 else []
    parts += [f"账号 {fault['app_id']}"] if fault["app_id"] else []
    parts += [f"接收人 {fault['openid']}"] if fault["openid"] else []
    times = f"{fault['hits']}/{fault['times']}" if fault["times"] else str(fault["hits"])
    return "  ".join([*parts, f"已发生 {times} 次"])


def _fault_clear(remote: Remote, options: argparse.Namespace) -> None:
    remote.delete("/simulator/faults" + (f"/{options.id}" if options.id is not None else ""))
    _say("故障已清除。" if options.id is None else f"故障 {options.id} 已清除。")


def _scene(remote: Remote, options: argparse.Namespace) -> None:
    body: JsonObject = {"name": " ".join(options.name)}
    remote.post("/simulator/scene", body | ({} if options.speed is None else {"speed": options.speed}))
    _say(f"场景「{body['name']}」已开始。")


def _scenes(remote: Remote, _: argparse.Namespace) -> None:
    told = remote.get("/simulator/scenes")
    for scene in told["items"]:
        mark = "（正在进行）" if scene["name"] == told["playing"] else ""
        _say(f"{scene['name']}  {scene['title']}{mark}：{scene['about']}")


def _clock(remote: Remote, options: argparse.Namespace) -> None:
    if options.step is None:
        told = remote.get("/simulator/clock")
    elif options.step == "reset":
        told = remote.post("/simulator/clock", {"reset": True})
    else:
        told = remote.post("/simulator/clock", {"advance": seconds_of(options.step)})
    _say(f"现在是 {told['now']}，比真实时间快 {told['offset']:g} 秒。")


def _journal(remote: Remote, options: argparse.Namespace) -> None:
    query = {"limit": options.last, "path": options.path, "kind": options.kind, "outcome": options.outcome}
    for entry in remote.get("/simulator/traffic", query)["items"]:
        _say(_journal_line(entry))


def _journal_line(entry: JsonObject) -> str:
    arrow = "→" if entry["kind"] == "push" else "←"
    status = entry["status"] if entry["status"] is not None else "无"
    parts = [entry["at"][11:23], arrow, entry["account"] or "—", entry["title"], f"{status} {entry['outcome']}"]
    return "  ".join([*parts, f"{entry['ms']:g} 毫秒", *(text for text in (entry["note"], entry["rid"]) if text)])


def _settings(remote: Remote, options: argparse.Namespace) -> None:
    changes = assignments(options.changes)
    told = remote.post("/simulator/settings", changes) if changes else remote.get("/simulator/settings")
    for name, value in told.items():
        _say(f"{name}={'null' if value is None else str(value).lower() if isinstance(value, bool) else value}")


def _reset(remote: Remote, _: argparse.Namespace) -> None:
    remote.post("/simulator/reset", {})
    _say("已重新开始。")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"用法不对：{message}\n{self.format_usage()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="simulator", description="控制一个正在运行的模拟平台")
    commands = parser.add_subparsers(required=True, metavar="命令")
    faults = commands.add_parser("fault", help="故障").add_subparsers(required=True, metavar="add|list|clear")
    _describe_fault(_command(faults, "add", _fault_add, "设置一个故障"))
    _command(faults, "list", _fault_list, "列出故障")
    _command(faults, "clear", _fault_clear, "清除故障").add_argument("id", nargs="?", type=int, help="只清除这一个")
    scene = _command(commands, "scene", _scene, "换一个场景")
    scene.add_argument("name", nargs="+", metavar="NAME", help="场景的名字，见 scenes")
    scene.add_argument("--speed", type=float, help="busy day 每秒的次数")
    _command(commands, "scenes", _scenes, "列出场景")
    clock = _command(commands, "clock", _clock, "看时钟，或把它拨快")
    clock.add_argument("step", nargs="?", help="+3600、+30m、+2h、+1d 或 reset")
    _describe_journal(_command(commands, "journal", _journal, "看通信记录"))
    settings = _command(commands, "settings", _settings, "看设置，或修改")
    settings.add_argument("changes", nargs="*", metavar="名字=值")
    _command(commands, "reset", _reset, "重新开始")
    return parser


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, run: Run, about: str) -> _Parser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--at", default=HOME, help=f"模拟平台的地址，默认 {HOME}")
    parser.set_defaults(run=run)
    return parser


def _describe_fault(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="接口路径，或 *（所有接口），或 push（推送）")
    parser.add_argument("kind", metavar="KIND", help="故障的种类，例如 answer_lost")
    parser.add_argument("--errcode", type=int, help="errcode 故障回答的错误码，默认 -1")
    parser.add_argument("--seconds", type=float, help="slow 和 delay 的秒数，默认 3")
    parser.add_argument("--times", type=int, help="发生几次，不给则一直")
    parser.add_argument("--rate", type=float, help="概率，0 到 1")
    parser.add_argument("--app-id", help="只对这个账号")
    parser.add_argument("--openid", help="只对这个接收人")


def _describe_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--last", type=int, default=20, help="最后几条")
    parser.add_argument("--path", default="", help="只看这个接口；推送是 push")
    parser.add_argument("--kind", default="", help="call 或 push")
    parser.add_argument("--outcome", default="", help="ok、error 或 timeout")
