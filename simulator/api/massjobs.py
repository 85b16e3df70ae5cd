"""Mass messages after they were submitted: asked about and deleted; how fast they go; videos made ready for them.

https://developers.weixin.qq.com/doc/service/api/notify/message/api_massmsgget
"""

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, string
from simulator.state.massjobs import ARTICLES, VIDEO, MassJob

# Recipients a minute, in units of ten thousand, by speed.
SPEEDS = (80, 60, 45, 30, 10)


def get(call: Call) -> JsonObject:
    job = _by_number(call)
    return {"msg_id": job.msg_id, "msg_status": job.status(call.now)}


def delete(call: Call) -> JsonObject:
    """Only articles and videos; what people have in their chats stays there, the page behind it goes."""
    job, number = _job(call), integer(call.body, "article_idx") or 0
    url = string(call.body, "url")
    if url and not _identity(call):
        number = job.urls.index(url) + 1
    if job.msgtype not in {ARTICLES, VIDEO} or not 0 <= number <= len(job.urls):
        raise PlatformError(40008)
    job.delete(number)
    published = call.desk.published.get(job.article_id)
    for article_number, article in enumerate(published.articles if published else [], start=1):
        article["is_deleted"] = article["is_deleted"] or job.gone or article_number in job.deleted
    return OK


def _job(call: Call) -> MassJob:
    if _identity(call):
        return _by_number(call)
    url = string(call.body, "url")
    for job in call.desk.mass_jobs.values():
        if url and url in job.urls:
            return job
    raise PlatformError(40059)


def _by_number(call: Call) -> MassJob:
    job = call.desk.mass_jobs.get(_identity(call))
    if job is None:
        raise PlatformError(40059)
    return job


def _identity(call: Call) -> str:
    """A number in our time, a text in older samples; 0 counts as missing."""
    value = call.body.get("msg_id")
    return str(value) if value and isinstance(value, int | str) and not isinstance(value, bool) else ""


def get_speed(call: Call) -> JsonObject:
    return {"speed": call.desk.mass_speed, "realspeed": SPEEDS[call.desk.mass_speed]}


def set_speed(call: Call) -> JsonObject:
    if "speed" not in call.body:
        raise PlatformError(45084)
    speed = integer(call.body, "speed")
    if speed is None or not 0 <= speed < len(SPEEDS):
        raise PlatformError(45083)
    call.desk.mass_speed = speed
    return OK


def upload_video(call: Call) -> JsonObject:
    """Gives an uploaded video the title that mass messages show, under a media_id of its own."""
    shelf = call.platform.media
    video = shelf.valid(string(call.body, "media_id"), call.desk.app_id, call.now)
    if video is None or video.type != "video":
        raise PlatformError(40007)
    made = shelf.put(call.desk.app_id, VIDEO, video.content_type, shelf.read(video), call.now)
    shelf.make_permanent(made, "", string(call.body, "title"), string(call.body, "description"))
    return {"type": "video", "media_id": made.id, "created_at": int(call.now)}
