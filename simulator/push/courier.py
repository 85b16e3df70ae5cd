"""Carries a push to the account's server: five seconds to answer, otherwise the same message again (§1.6)."""

import asyncio
import time
from dataclasses import dataclass, field, replace

import aiohttp

from simulator.accounts import Account
from simulator.faults import PUSH, FaultKind
from simulator.platform import Platform
from simulator.push.envelope import Envelope, Tamper, verification_query, wrap
from simulator.push.meaning import Meaning, Shelf, meaning_of
from simulator.push.mishaps import forgery, hold_up, let_pass
from simulator.push.replies import BadReply, open_reply
from simulator.shapes import JsonObject
from simulator.traffic import Entry, Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message or event on its way; MsgId and CreateTime stay the same in every attempt."""

    account: Account
    openid: str
    fields: JsonObject
    tamper: Tamper | None = None
    faults: tuple[str, ...] = ()  # what was done to it on the way, for the journal

    @property
    def title(self) -> str:
        fields = self.fields
        kind = fields.get("Event") if fields.get("MsgType") == "event" else fields.get("MsgType")
        detail = fields.get("Content") or fields.get("EventKey") or fields.get("Label") or ""
        return f"{kind} {detail}".strip()[:60]


@dataclass(slots=True)
class Attempt:
    """One delivery, answered only with status 200. A bad reply has no meaning."""

    status: int | None = None
    ms: float = 0.0
    raw: bytes = b""
    plain: bytes = b""
    outcome: Outcome = Outcome.ERROR
    meaning: Meaning | None = None
    note: str = ""

    @property
    def answered(self) -> bool:
        return self.status == 200

    @property
    def says_something(self) -> bool:
        return self.meaning is not None and self.meaning.kind is not None


@dataclass(slots=True)
class Delivery:
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def last(self) -> Attempt:
        return self.attempts[-1]


async def deliver(platform: Platform, parcel: Parcel) -> Delivery:
    """Up to three (or four) attempts, started one time-out apart, so that a short restart is survived."""
    delivery = Delivery()
    settings = platform.world.settings
    if platform.faults and parcel.tamper is None:
        parcel = replace(parcel, faults=await hold_up(platform, parcel.account.app_id, parcel.openid))
    for number in range(1, settings.retries + 2):
        started = time.perf_counter()
        delivery.attempts += await _round(platform, parcel, number)
        let_pass(platform, parcel.account.app_id)
        if delivery.last.answered:
            break
        if number <= settings.retries:
            await asyncio.sleep(settings.push_timeout - (time.perf_counter() - started))
    return delivery


async def _round(platform: Platform, parcel: Parcel, number: int) -> list[Attempt]:
    """One attempt, or two at the same moment; the one that counts for the person comes last."""
    if platform.faults and parcel.tamper is None:
        parcel = _perhaps_forged(platform, parcel)
    if FaultKind.DUPLICATE not in parcel.faults or number > 1:
        return [await attempt(platform, parcel, number)]
    both = await asyncio.gather(*(attempt(platform, parcel, number) for _ in range(2)))
    return sorted(both, key=lambda one: (one.answered, one.says_something))


def _perhaps_forged(platform: Platform, parcel: Parcel) -> Parcel:
    forged = forgery(platform, parcel.account.app_id, parcel.openid)
    if forged is None:
        return parcel
    kind, tamper = forged
    return replace(parcel, tamper=tamper, faults=(*parcel.faults, kind))


async def attempt(platform: Platform, parcel: Parcel, number: int = 1) -> Attempt:
    envelope = wrap(parcel.account, parcel.openid, parcel.fields, platform.clock.wall(), parcel.tamper)
    url = envelope.address(parcel.account.push_url)
    result = Attempt()
    started = time.perf_counter()
    try:
        await _post(platform, url, envelope, result)
    except TimeoutError:
        result.outcome, result.note = (
            Outcome.TIMEOUT,
            f"{platform.world.settings.push_timeout:g} 秒内没有回答",
        )
    except aiohttp.ClientError as broken:
        result.note = f"连接失败：{broken}"
    result.ms = (time.perf_counter() - started) * 1000
    if result.answered:
        _understand(platform, parcel, result)
    platform.note(_entry(platform, parcel, envelope, result, number))
    return result


async def _post(platform: Platform, url: str, envelope: Envelope, result: Attempt) -> None:
    timeout = aiohttp.ClientTimeout(total=platform.world.settings.push_timeout)
    headers = {"Content-Type": envelope.content_type, "User-Agent": "Mozilla/4.0"}
    async with platform.http.post(
        url,
        data=envelope.body,
        headers=headers,
        timeout=timeout,
        allow_redirects=False,
    ) as response:
        raw = await response.read()
        result.raw, result.plain, result.status = raw, raw, response.status
        if result.status != 200:
            result.note = f"HTTP {result.status}，等于没有回答"


def _understand(platform: Platform, parcel: Parcel, result: Attempt) -> None:
    """A bad reply is still an answer: it is not asked for again, the person sees the platform's sentence."""
    shelf = Shelf(platform.media, parcel.account.app_id, platform.now())
    try:
        opened = open_reply(parcel.account, result.raw)
        result.plain = opened.plain
        result.meaning = meaning_of(parcel.account, parcel.fields, opened.fields, shelf)
    except BadReply as bad:
        result.note = f"回复无效：{bad}"
    else:
        result.outcome, result.note = Outcome.OK, result.meaning.note


def _entry(platform: Platform, parcel: Parcel, envelope: Envelope, result: Attempt, number: int) -> Entry:
    account = parcel.account
    return Entry(
        kind="push",
        account=account.name,
        app_id=account.app_id,
        title=parcel.title,
        path=PUSH,
        method="POST",
        url=envelope.address(account.push_url),
        at=platform.now(),
        attempt=number,
        status=result.status,
        ms=result.ms,
        outcome=result.outcome,
        headers={"Content-Type": envelope.content_type},
        request_raw=envelope.body,
        request_plain=envelope.plain,
        response_raw=result.raw,
        response_plain=result.plain,
        note="、".join([*(f"故障 {kind}" for kind in parcel.faults), *filter(None, [result.note])]),
        faults=list(parcel.faults),
    )


async def verify(platform: Platform, account: Account) -> JsonObject:
    """The URL verification GET (§1.2): only the echostr itself, unchanged, is right."""
    query = verification_query(account, platform.clock.wall())
    timeout = aiohttp.ClientTimeout(total=platform.world.settings.push_timeout)
    try:
        async with platform.http.get(
            account.push_url, params=query, timeout=timeout, allow_redirects=False
        ) as response:
            body = await response.text(errors="replace")
            right = response.status == 200 and body == query["echostr"]
            return {"ok": right, "status": response.status, "body": body[:200]}
    except (TimeoutError, aiohttp.ClientError) as broken:
        return {"ok": False, "status": None, "body": str(broken) or "没有回答"}
