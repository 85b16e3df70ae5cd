"""The draft box: articles prepared for publishing or mass sending (protocol §4.6).

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
"""

import re

from simulator.api.articles import item, read_article, shown
from simulator.api.calls import OK, Call
from simulator.api.materials import page_asked
from simulator.errors import PlatformError
from simulator.rules.menurules import has_escapes
from simulator.shapes import JsonObject, integer, objects, parse_object, string
from simulator.state.drafts import Draft, new_media_id

ARTICLES = 8
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)(\\u[0-9a-fA-F]{4})")


def add(call: Call) -> JsonObject:
    articles = objects(_literal_body(call), "articles")
    if not articles:
        raise PlatformError(44003)
    if len(articles) > ARTICLES:
        raise PlatformError(45008)
    read = [read_article(call, article) for article in articles]
    draft = Draft(new_media_id(), read, call.now, call.now)
    call.desk.drafts[draft.media_id] = draft
    return {"media_id": draft.media_id}


def get(call: Call) -> JsonObject:
    draft = draft_of(call)
    times = {"create_time": int(draft.created_at), "update_time": int(draft.updated_at)}
    return {"news_item": shown(call, draft.articles), **times}


def update(call: Call) -> JsonObject:
    """Replaces one article; the sample shows it as an object, a list of one is seen as well."""
    draft, body = draft_of(call), _literal_body(call)
    index = integer(body, "index")
    if index is None or not 0 <= index < len(draft.articles):
        raise PlatformError(40114)
    given = body.get("articles")
    articles = objects({"articles": given if isinstance(given, list) else [given]}, "articles")
    if len(articles) != 1:
        raise PlatformError(44003)
    draft.articles[index] = read_article(call, articles[0])
    draft.updated_at = call.now
    return OK


def delete(call: Call) -> JsonObject:
    del call.desk.drafts[draft_of(call).media_id]
    return OK


def count(call: Call) -> JsonObject:
    return {"total_count": len(call.desk.drafts)}


def listed(call: Call) -> JsonObject:
    offset, number = page_asked(call)
    bare = integer(call.body, "no_content") == 1
    drafts = sorted(call.desk.drafts.values(), key=lambda draft: draft.updated_at, reverse=True)
    page = drafts[offset : offset + number]
    items = [{"media_id": draft.media_id, **item(call, draft, bare=bare)} for draft in page]
    return {"total_count": len(drafts), "item_count": len(page), "item": items}


def draft_of(call: Call) -> Draft:
    draft = call.desk.drafts.get(string(call.body, "media_id"))
    if draft is None:
        raise PlatformError(40007)
    return draft


def _literal_body(call: Call) -> JsonObject:
    r"""The platform does not read \uXXXX here: readers see the six characters."""
    if not has_escapes(call.raw):
        return call.body
    return parse_object(_ESCAPE.sub(rb"\1\\\2", call.raw))
