"""The templates of an official account for template messages, and its industries (protocol §4.1).

https://developers.weixin.qq.com/doc/service/api/notify/template/api_addtemplate
"""

import secrets

from simulator.api.calls import OK, Call
from simulator.api.cards import text
from simulator.clock import DAY
from simulator.errors import PlatformError
from simulator.rules.industries import INDUSTRIES
from simulator.shapes import JsonObject, string, strings
from simulator.state.library import Title, title_of
from simulator.state.templates import MOST_TEMPLATES, Template

MOST_KEYWORDS = 5
INDUSTRY_REST = 30 * DAY
LEGACY_REFUSED = (
    "历史模板库已升级为类目模板。历史模板库内模板不再支持添加。如有相关消息需求，可使用类目模板库ID添加对应模板"
)


def set_industry(call: Call) -> JsonObject:
    """Once a month."""
    numbers = [_industry(call.body.get(name)) for name in ("industry_id1", "industry_id2")]
    if call.desk.industries_at and call.now < call.desk.industries_at + INDUSTRY_REST:
        raise PlatformError(43100)
    call.desk.industries, call.desk.industries_at = numbers, call.now
    return OK


def _industry(value: object) -> int:
    """The documentation shows it as a text; numbers are seen."""
    digits = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not digits.isascii() or not digits.isdecimal() or int(digits[:9]) not in INDUSTRIES:
        raise PlatformError(40102)
    return int(digits)


def get_industry(call: Call) -> JsonObject:
    names = ("primary_industry", "secondary_industry")
    return {name: _shown(number) for name, number in zip(names, call.desk.industries, strict=True)}


def _shown(number: int) -> JsonObject:
    first, second = INDUSTRIES[number]
    return {"first_class": first, "second_class": second}


def add(call: Call) -> JsonObject:
    number = text(call.body, "template_id_short")
    if number.upper().startswith(("TM", "OPENTM")):
        raise PlatformError(40247, LEGACY_REFUSED)
    title = title_of(number)
    if title is None:
        raise PlatformError(40037)
    kids = _kids(call, title)
    if len(call.desk.templates) >= MOST_TEMPLATES:
        raise PlatformError(45026)
    template = title.template(secrets.token_urlsafe(32), kids)
    call.desk.templates[template.id] = template
    return OK | {"template_id": template.id}


def _kids(call: Call, title: Title) -> list[int]:
    """The keywords by name, in the order given; an unknown name, a repeated one or none at all is refused."""
    numbers = {word.label: kid for kid, word in enumerate(title.words, start=1)}
    names = strings(call.body, "keyword_name_list")
    known = all(name in numbers for name in names) and len(set(names)) == len(names)
    if not known or not 1 <= len(names) <= MOST_KEYWORDS:
        raise PlatformError(40246)
    return [numbers[name] for name in names]


def all_private(call: Call) -> JsonObject:
    return {"template_list": [_listed(template) for template in call.desk.templates.values()]}


def _listed(template: Template) -> JsonObject:
    return {
        "template_id": template.id,
        "title": template.title,
        "primary_industry": template.industry,
        "deputy_industry": template.sub_industry,
        "content": template.content,
        "example": template.example,
    }


def delete(call: Call) -> JsonObject:
    if call.desk.templates.pop(string(call.body, "template_id"), None) is None:
        raise PlatformError(40037)
    return OK
