"""Mass messages of official accounts: to all, by tag or by list, and what became of them (protocol §4.4).

https://developers.weixin.qq.com/doc/service/api/notify/message/api_masssend
"""

import hashlib
import json

from simulator.api.calls import OK, Call
from simulator.api.cards import text
from simulator.api.contents import article_cards
from simulator.api.masscontents import Shown, draft_of, read_mass_content
from simulator.api.users import chat_named
from simulator.clock import DAY, beijing_day, beijing_month
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, mapping, string, strings
from simulator.state import quotas
from simulator.state.agenda import PLATFORM_ITSELF
from simulator.state.chats import By, Kind
from simulator.state.drafts import published_from
from simulator.state.mass import Audience, Tally, chats_of, count, go_through
from simulator.state.massjobs import ARTICLES, FIRST_DATA_ID, FIRST_MSG_ID, JOBS_KEPT, MassJob

PATHS = ("/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall")
CALLS_A_MINUTE = 60
TO_ALL_A_DAY, TO_ALL_A_MONTH = 1, 4
FEWEST, MOST = 2, 10_000
KEY_BYTES = 32
CONFIRMATION_SECONDS = 30 * 60
_UNCONFIRMED = {"refused": "err(40001)", "ignored": "err(40002)"}


def send_all(call: Call) -> JsonObject:
    """To all followers, or to those with one tag."""
    wished = mapping(call.body, "filter")
    if wished.get("is_to_all") is True:
        return _submit(call, Audience(list(call.desk.chats.values())), to_all=True)
    tag = wished.get("tag_id")
    number = int(tag) if isinstance(tag, str) and tag.isascii() and tag.isdecimal() else integer(wished, "tag_id")
    if number is None or str(number) not in call.desk.tags:
        raise PlatformError(40152)
    return _submit(call, Audience(list(call.desk.chats.values()), tag=number))


def send(call: Call) -> JsonObject:
    """To a list of openids; what is unknown among them counts as filtered out."""
    given = call.body.get("touser")
    openids = strings(call.body, "touser")
    if not isinstance(given, list) or not all(openids):
        raise PlatformError(40031)
    if len(openids) < FEWEST:
        raise PlatformError(40130)
    if len(openids) > MOST:
        raise PlatformError(40032)
    chats = chats_of(call.desk, openids)
    if not chats:
        raise PlatformError(40031)
    return _submit(call, Audience(chats, given=len(openids)))


def _submit(call: Call, audience: Audience, *, to_all: bool = False) -> JsonObject:
    quotas.spend_minute(call.desk, "/cgi-bin/message/mass", CALLS_A_MINUTE, call.now, errcode=42010)
    shown, key = read_mass_content(call), _key(call)
    _refuse_repetition(call, key)
    _demand_quota(call, to_all)
    status, seconds = _prospect(call)
    job = _job(call, key, to_all)
    if status == "send success":
        shown = _consume_draft(call, job) or shown
    call.platform.begin(_deliver(call, job, audience, shown, status, seconds))
    return OK | _identity(job) | {"errmsg": "send job submission success"}


def _identity(job: MassJob) -> JsonObject:
    return {"msg_id": job.msg_id} | ({"msg_data_id": job.data_id} if job.data_id else {})


def _key(call: Call) -> str:
    """The clientmsgid, or a digest of whom it goes to and what it says."""
    given = text(call.body, "clientmsgid")
    if len(given.encode()) > KEY_BYTES:
        raise PlatformError(45067)
    if given:
        return f"id:{given}"
    scope = json.dumps(call.body, sort_keys=True).encode()
    return f"digest:{hashlib.sha256(scope).hexdigest()}"


def _refuse_repetition(call: Call, key: str) -> None:
    for job in reversed(call.desk.mass_jobs.values()):
        if job.key == key and call.now < job.at + DAY:
            quick = call.now < job.at + call.platform.world.settings.mass_repeat_seconds
            raise PlatformError(45066) if quick else PlatformError(45065, "", **_identity(job))


def _demand_quota(call: Call, to_all: bool) -> None:
    """The gate counts the calls of either interface; the day's hundred is for both together."""
    used = sum(quotas.used_today(call.desk, path, call.now) for path in PATHS)
    if used > min(quotas.limit_of(call.desk, path) for path in PATHS):
        raise PlatformError(45028)
    month = [job for job in call.desk.mass_jobs.values() if beijing_month(job.at) == beijing_month(call.now)]
    all_month = [job for job in month if job.to_all]
    all_today = [job for job in all_month if beijing_day(job.at) == beijing_day(call.now)]
    if to_all and (len(all_today) >= TO_ALL_A_DAY or len(all_month) >= TO_ALL_A_MONTH):
        raise PlatformError(45028)


def _prospect(call: Call) -> tuple[str, float | None]:
    """How it will end, and after how many seconds that is told."""
    settings = call.platform.world.settings
    unconfirmed = _UNCONFIRMED.get(settings.mass_confirmation)
    if settings.mass_confirmation == "ignored" and settings.result_seconds is not None:
        return "err(40002)", CONFIRMATION_SECONDS
    return unconfirmed or settings.mass_status, settings.result_seconds


def _job(call: Call, key: str, to_all: bool) -> MassJob:
    msgtype, number = string(call.body, "msgtype"), call.platform.world.next_id()
    data_id = FIRST_DATA_ID + number if msgtype == ARTICLES else 0
    job = MassJob(FIRST_MSG_ID + number, data_id, msgtype, key, call.now, to_all=to_all)
    jobs = call.desk.mass_jobs
    jobs[str(job.msg_id)] = job
    if len(jobs) > JOBS_KEPT:
        del jobs[next(iter(jobs))]
    return job


def _consume_draft(call: Call, job: MassJob) -> Shown | None:
    """Sent articles become public pages, and their draft is gone."""
    draft = draft_of(call)
    if draft is None:
        return None
    published = published_from(draft, call.now)
    call.desk.published[published.article_id] = published
    del call.desk.drafts[draft.media_id]
    cards = article_cards(call, published.articles)
    job.article_id, job.urls = published.article_id, [card["url"] for card in cards]
    return [(Kind.NEWS, {"articles": cards})]


async def _deliver(
    call: Call, job: MassJob, audience: Audience, shown: Shown, status: str, seconds: float | None
) -> None:
    """Goes through the recipients, and puts the result on the agenda."""
    tally, success = Tally(), status == "send success"
    async for chat in go_through(call.desk, audience, tally, call.now):
        if success:
            count(chat, call.now)
            if chat.pid in call.platform.world.people:  # nobody reads the chats of the crowd
                for kind, content in shown:
                    call.platform.say(call.desk, chat, By.ACCOUNT, kind, content | {"mass": True})
    job.succeeded = success
    job.done_at = None if seconds is None else call.now + seconds
    job.endless = seconds is None
    call.platform.world.changed()
    if seconds is not None:
        call.platform.later(seconds, call.desk, PLATFORM_ITSELF, _result(job, status, tally))


def _result(job: MassJob, status: str, tally: Tally) -> JsonObject:
    sent = tally.reached if job.succeeded else 0
    event: JsonObject = {
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": job.msg_id,
        "Status": status,
        "TotalCount": tally.total,
        "FilterCount": tally.reached,
        "SentCount": sent,
        "ErrorCount": tally.reached - sent,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
    }
    items = [{"ArticleIdx": number, "ArticleUrl": url} for number, url in enumerate(job.urls, start=1)]
    links: JsonObject = {"Count": len(items), "ResultList": {"item": items} if items else ""}
    return event | {"ArticleUrlResult": links}


def preview(call: Call) -> JsonObject:
    """To one follower, by openid or by the name she is found by; counts for no month."""
    name = text(call.body, "towxname")
    chat = chat_named(call, name) if name else call.desk.chats.get(text(call.body, "touser"))
    if chat is None:
        raise PlatformError(40132 if name else 40003)
    if not chat.following:
        raise PlatformError(43004)
    for kind, content in read_mass_content(call):
        call.platform.say(call.desk, chat, By.ACCOUNT, kind, content | {"mass": True, "preview": True})
    return OK | {"errmsg": "preview success", "msg_id": FIRST_MSG_ID + call.platform.world.next_id()}
