"""Publishing a draft: submitted, found out about later, listed, taken away (protocol §4.6).

https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
"""

from simulator.api.articles import item, shown
from simulator.api.calls import OK, Call
from simulator.api.drafts import draft_of
from simulator.api.materials import page_asked
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, integer, string
from simulator.state.agenda import PLATFORM_ITSELF
from simulator.state.drafts import Draft, Published, Publishing, page_path, published_from

FIRST_PUBLISH_ID = 2_247_000_000
DONE, RUNNING, DELETED, BANNED = 0, 1, 5, 6


def submit(call: Call) -> JsonObject:
    """An accepted draft leaves the draft box, unless the publishing is bound to fail."""
    settings = call.platform.world.settings
    draft = draft_of(call)
    if settings.publish_refusal:
        raise PlatformError(settings.publish_refusal)
    publishing = _begin(call, draft)
    _announce(call, publishing)
    return {**OK, "publish_id": publishing.publish_id, "msg_data_id": int(publishing.publish_id)}


def _begin(call: Call, draft: Draft) -> Publishing:
    settings, desk = call.platform.world.settings, call.desk
    publish_id = str(FIRST_PUBLISH_ID + call.platform.world.next_id())
    never = settings.publish_status == RUNNING or settings.publish_seconds is None
    done_at = None if never else call.now + (settings.publish_seconds or 0)
    status = DONE if never else settings.publish_status
    publishing = desk.publishings[publish_id] = Publishing(publish_id, "", status, done_at)
    if status in {DONE, DELETED, BANNED}:
        del desk.drafts[draft.media_id]
        if done_at is not None:
            publishing.article_id = _publish(call, draft, status, done_at).article_id
    else:
        publishing.fail_idx = list(range(1, len(draft.articles) + 1))
    return publishing


def _publish(call: Call, draft: Draft, status: int, at: float) -> Published:
    published = published_from(draft, at)
    for article in published.articles:
        article["is_deleted"] = status != DONE
    call.desk.published[published.article_id] = published
    return published


def _announce(call: Call, publishing: Publishing) -> None:
    if publishing.done_at is None:
        return
    info = _outcome(call, publishing)
    fields = {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": info}
    call.platform.later(publishing.done_at - call.now, call.desk, PLATFORM_ITSELF, fields)


def get(call: Call) -> JsonObject:
    publishing = call.desk.publishings.get(_text(call.body.get("publish_id")))
    if publishing is None:
        raise PlatformError(53600)
    if publishing.done_at is None or call.now < publishing.done_at:
        return {"publish_id": publishing.publish_id, "publish_status": RUNNING, "fail_idx": []}
    return {"fail_idx": [], **_outcome(call, publishing)}


def _outcome(call: Call, publishing: Publishing) -> JsonObject:
    """What the event tells and what one is told who asks; a published article may be gone meanwhile."""
    published = call.desk.published.get(publishing.article_id)
    status = DELETED if published and published.gone and publishing.status == DONE else publishing.status
    outcome: JsonObject = {"publish_id": publishing.publish_id, "publish_status": status}
    if published is None:
        return outcome | {"fail_idx": publishing.fail_idx}
    items = [
        {"idx": number, "article_url": call.base_url + page_path(article)}
        for number, article in enumerate(published.articles, start=1)
    ]
    return outcome | {"article_id": published.article_id, "article_detail": {"count": len(items), "item": items}}


def _text(value: object) -> str:
    """Answered as text, and accepted as a number too."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def get_article(call: Call) -> JsonObject:
    published = _published(call)
    return {"news_item": shown(call, published.articles)}


def delete(call: Call) -> JsonObject:
    """One article by its number from 1; without a number, or 0, all of them."""
    published = _published(call)
    index = 0 if call.body.get("index") is None else integer(call.body, "index")
    if index is None or not 0 <= index <= len(published.articles):
        raise PlatformError(40114)
    for article in published.articles if index == 0 else [published.articles[index - 1]]:
        article["is_deleted"] = True
    published.updated_at = call.now
    return OK


def listed(call: Call) -> JsonObject:
    """The youngest first; what is gone altogether is no longer among them."""
    offset, number = page_asked(call)
    bare = integer(call.body, "no_content") == 1
    standing = [one for one in call.desk.published.values() if one.created_at <= call.now and not one.gone]
    standing.sort(key=lambda one: one.updated_at, reverse=True)
    page = standing[offset : offset + number]
    items = [{"article_id": one.article_id, **item(call, one, bare=bare)} for one in page]
    return {"total_count": len(standing), "item_count": len(page), "item": items}


def _published(call: Call) -> Published:
    published = call.desk.published.get(string(call.body, "article_id"))
    if published is None or published.created_at > call.now:
        raise PlatformError(53600)
    return published
