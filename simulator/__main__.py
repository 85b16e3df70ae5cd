"""The command line: `python -m simulator --port 8001 --accounts FILE [--data DIR] [--street CSV]`.

With a word in the first place, as in `python -m simulator scene quiet`, it controls one that runs: see command.py.
"""

import argparse
import gc
import sys
from pathlib import Path

from aiohttp import web

from simulator import command
from simulator.accounts import AccountsError, load_accounts
from simulator.app import build_app
from simulator.platform import Platform
from simulator.spots import SpotsError, load_spots
from simulator.state.media import MediaShelf
from simulator.state.world import new_world, open_desks
from simulator.storage import Storage

# A crowd of 250,000 chats is over a million objects; with Python's default each full collection halts all sends.
GARBAGE_THRESHOLDS = (50_000, 50, 50)
CONTROLS = "控制正在运行的模拟平台：fault、scene、scenes、clock、journal、settings、reset，例如 simulator scene --help"


def main(arguments: list[str] | None = None) -> int:
    arguments = _word_first(sys.argv[1:] if arguments is None else arguments)
    if arguments and not arguments[0].startswith("-"):
        return command.main(arguments)
    options = _options(arguments)
    try:
        storage = Storage(options.data) if options.data else None
        platform = _platform(options, storage)
    except (AccountsError, SpotsError) as unusable:
        return _fail(str(unusable))
    except OSError as denied:
        return _fail(f"目录 {options.data} 用不了：{denied.strerror}")
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    return _serve(build_app(platform, storage), options)


def _word_first(arguments: list[str]) -> list[str]:
    """`--at URL` belongs to the controls, and people write it in front of them."""
    return [*arguments[2:], *arguments[:2]] if arguments[:1] == ["--at"] else arguments


def _serve(app: web.Application, options: argparse.Namespace) -> int:
    """Until SIGINT or SIGTERM."""
    address = f"http://{options.host}:{options.port}/"

    def announce(_: str) -> None:
        print(f"模拟平台：{address}", flush=True)

    try:
        web.run_app(app, host=options.host, port=options.port, print=announce, access_log=None, shutdown_timeout=1)
    except OSError as taken:
        return _fail(f"不能监听 {address}：{taken.strerror}")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="模拟的微信平台", epilog=CONTROLS)
    parser.add_argument("--port", type=int, default=8001, help="端口")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--accounts", type=Path, required=True, help="账号文件（JSON）")
    parser.add_argument("--data", type=Path, help="保存状态的目录；不给则只在内存中")
    parser.add_argument("--street", type=Path, help="街道的 CSV，其中的社区成为可选的位置")
    return parser.parse_args(arguments)


def _platform(options: argparse.Namespace, storage: Storage | None) -> Platform:
    accounts, spots = load_accounts(options.accounts), load_spots(options.street)
    media = MediaShelf(storage.media_folder if storage else None)
    snapshot = storage.load() if storage else None
    if snapshot is None:
        return Platform(accounts, new_world(accounts), media, spots)
    media.restore(snapshot.media)
    open_desks(snapshot.world, accounts)
    return Platform(accounts, snapshot.world, media, spots)


if __name__ == "__main__":
    sys.exit(main())
