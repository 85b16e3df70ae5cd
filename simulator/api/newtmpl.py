"""The templates of an account for subscription messages, picked from the public library; both kinds of account.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/addMessageTemplate.html
"""

import re
import secrets
from urllib.parse import parse_qsl

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.shapes import JsonObject, parse_object, string
from simulator.state.library import CATEGORIES, Title, title_of, titles_in
from simulator.state.templates import ONCE, Template

MOST_NOTICES = 50
MOST_TITLES_A_PAGE = 30
LONGEST_SCENE = 15


def categories(_: Call) -> JsonObject:
    return OK | {"data": [{"id": number, "name": name} for number, name in CATEGORIES.items()]}


def titles(call: Call) -> JsonObject:
    ids = call.query.get("ids", "")
    if not ids:
        raise PlatformError(200018)
    numbers = [_number(one, 200019) for one in ids.split(",")]
    start, limit = _number(call.query.get("start", ""), 200016), _number(call.query.get("limit", ""), 200017)
    if not 1 <= limit <= MOST_TITLES_A_PAGE:
        raise PlatformError(200017)
    if not set(numbers) <= set(CATEGORIES):
        raise PlatformError(200019)
    found = titles_in(numbers)
    page = [_title(title) for title in found[start : start + limit]]
    return OK | {"count": len(found), "data": page}


def _number(text: str, errcode: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise PlatformError(errcode)
    return int(text)


def _title(title: Title) -> JsonObject:
    return {"tid": title.number, "title": title.title, "type": title.type, "categoryId": str(title.category)}


def keywords(call: Call) -> JsonObject:
    title = title_of(call.query.get("tid", ""))
    if title is None:
        raise PlatformError(200014)
    rows = [
        {"kid": kid, "name": word.label, "example": word.example, "rule": word.kind}
        for kid, word in enumerate(title.words, start=1)
    ]
    return OK | {"count": len(rows), "data": rows}


def listed(call: Call) -> JsonObject:
    return OK | {"data": [_listed(one) for one in call.desk.notices.values() if one.type != ONCE]}


def _listed(template: Template) -> JsonObject:
    shown: JsonObject = {
        "priTmplId": template.id,
        "title": template.title,
        "content": template.content,
        "example": template.example,
        "type": template.type,
    }
    chosen = [
        {"enumValueList": keyword.values, "keywordCode": f"{keyword.key}.DATA"}
        for keyword in template.keywords
        if keyword.values
    ]
    return shown | ({"keywordEnumValueList": chosen} if chosen else {})


def add(call: Call) -> JsonObject:
    body = _body(call)
    title = title_of(str(body.get("tid", "")))
    if title is None:
        raise PlatformError(200014, "" if body.get("tid") else "missing parameter tid")
    kids, scene = _kids(body.get("kidList"), title), body.get("sceneDesc", "")
    if not isinstance(scene, str) or len(scene) > LONGEST_SCENE:
        raise PlatformError(200021)
    _demand_room(call, title, kids)
    template = title.template(secrets.token_urlsafe(32), kids, scene)
    call.desk.notices[template.id] = template
    return OK | {"priTmplId": template.id}


def _kids(given: object, title: Title) -> list[int]:
    """Two to five numbers of the title's keywords, in any order."""
    kids = given if isinstance(given, list) else []
    whole = [kid for kid in kids if isinstance(kid, int) and not isinstance(kid, bool)]
    known = all(1 <= kid <= len(title.words) for kid in whole)
    if len(whole) != len(kids) or not known or not 2 <= len(set(whole)) == len(whole) <= 5:
        raise PlatformError(200020)
    return whole


def _demand_room(call: Call, title: Title, kids: list[int]) -> None:
    notices = [one for one in call.desk.notices.values() if one.type != ONCE]
    wanted = {title.keyword(kid).key for kid in kids}
    if any(one.title == title.title and {word.key for word in one.keywords} == wanted for one in notices):
        raise PlatformError(200022)
    if len(notices) >= MOST_NOTICES:
        raise PlatformError(200012)


def delete(call: Call) -> JsonObject:
    identity = string(_body(call), "priTmplId")
    template = call.desk.notices.get(identity)
    if template is None or template.type == ONCE:
        raise PlatformError(40037)
    del call.desk.notices[identity]
    return OK


def _body(call: Call) -> JsonObject:
    """As JSON, or as a form with kidList[0], kidList[1]: both are in use."""
    if call.raw.lstrip()[:1] == b"{":
        try:
            return parse_object(call.raw)
        except ValueError as broken:
            raise PlatformError(47001) from broken
    return _form(call.raw)


def _form(raw: bytes) -> JsonObject:
    try:
        pairs = parse_qsl(raw.decode(), max_num_fields=50)
    except ValueError as broken:
        raise PlatformError(47001) from broken
    numbers = [value for name, value in pairs if re.fullmatch(r"kidList(\[\d*\])?", name)]
    kids = [int(value) if re.fullmatch("[0-9]{1,9}", value) else value for value in numbers]
    return {**dict(pairs), "kidList": kids}
