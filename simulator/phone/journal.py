"""The journal over HTTP: its entries, filtered, and how many there were."""

from aiohttp import web

from simulator.phone.door import Refused
from simulator.platform import Platform
from simulator.shapes import JsonObject
from simulator.traffic import ENTRIES_KEPT, Filter, Outcome

_KINDS = ("call", "push")


async def traffic(platform: Platform, request: web.Request) -> JsonObject:
    """Without `after`, or after 0: the latest ones. Always the oldest of them first."""
    after, limit = (_count(request, name, default) for name, default in (("after", 0), ("limit", 200)))
    limit, wanted = min(limit, ENTRIES_KEPT), _filter(request)
    journal = platform.journal
    entries = journal.after(after, limit, wanted) if after else journal.latest(limit, wanted)
    return {"items": [entry.shown() for entry in entries]}


def _filter(request: web.Request) -> Filter:
    kind, path, outcome = (request.query.get(name, "") for name in ("kind", "path", "outcome"))
    if kind not in {"", *_KINDS}:
        raise Refused("kind 应为 call 或 push。")
    if outcome not in {"", *Outcome}:
        raise Refused(f"outcome 应为 {'、'.join(Outcome)} 之一。")
    return Filter(kind, path, outcome)


def _count(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise Refused(f"{name} 应为整数。")
    return int(text)


async def clear(platform: Platform, _: web.Request) -> JsonObject:
    platform.journal.clear()
    return {"items": []}


async def counts(platform: Platform, _: web.Request) -> JsonObject:
    """Calls by path, and attempts of pushes under `push`; more than the journal keeps."""
    return {"items": platform.journal.counts()}
