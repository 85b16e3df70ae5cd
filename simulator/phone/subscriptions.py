"""Subscription messages from a person's side: the pop-up that asks her, and the settings page (protocol §4.2, §4.3)."""

from dataclasses import dataclass

from aiohttp import web

from simulator.phone.door import Refused, body_of, json_response
from simulator.phone.visits import Visit, shown, visit_of
from simulator.platform import Platform
from simulator.shapes import JsonObject, integer, mapping, string
from simulator.state.chats import Chat
from simulator.state.credits import Choice, Consent
from simulator.state.templates import LONG_TERM, ONCE, Template

MOST_ASKED = 5
FILTERED = "filter"
SCENES = {0, 1, 2}  # in a mini-program, a web page, an article


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks for: the templates, what she answers in the pop-up, and where it stands."""

    templates: list[Template]
    answers: dict[str, str]
    keep: bool
    scene: int


async def subscribe(platform: Platform, request: web.Request) -> JsonObject | web.StreamResponse:
    """As wx.requestSubscribeMessage or wx-open-subscribe: templates with a kept choice are not asked for again."""
    visit = visit_of(platform, request)
    question = _question(visit, await body_of(request))
    different, results = _without_equal_titles(question.templates)
    unanswered = [one.id for one in different if not (one.id in question.answers or _kept(visit.chat, one))]
    if unanswered:
        return json_response({"detail": "请先让她选择是否接收这些消息。", "ask": unanswered}, 409)
    results |= {one.id: _answer(visit, question, one) for one in different}
    popped = [one for one in different if one.id in question.answers]
    _tell(visit, question, different, popped, results)
    return shown(None, results=results, silent=not popped)


def _question(visit: Visit, body: JsonObject) -> Question:
    scene = integer(body, "scene") if "scene" in body else int(visit.account.official)
    answers = mapping(body, "answers")
    if scene not in SCENES:
        raise Refused("scene 应为 0（小程序）、1（网页）或 2（图文）。")
    if not set(map(str, answers.values())) <= set(Choice):
        raise Refused("answers 里只能是 accept 或 reject。")
    return Question(_templates(visit, body.get("template_ids")), answers, body.get("keep") is True, scene)


def _templates(visit: Visit, ids: object) -> list[Template]:
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_ASKED:
        raise Refused(f"一次请求 1 到 {MOST_ASKED} 个模板。")
    templates = [_template(visit, one) for one in dict.fromkeys(map(str, ids))]
    if len({one.type for one in templates}) > 1:
        raise Refused("一次性订阅与长期订阅的模板不能一起请求。")
    return templates


def _template(visit: Visit, identity: str) -> Template:
    template = visit.desk.notices.get(identity)
    if template is None:
        raise Refused(f"这个账号没有模板「{identity[:60]}」。", 404)
    return template


def _without_equal_titles(templates: list[Template]) -> tuple[list[Template], dict[str, str]]:
    """Of templates with one title only the first is asked for."""
    first: dict[str, Template] = {}
    for template in templates:
        first.setdefault(template.title, template)
    different = list(first.values())
    return different, {one.id: FILTERED for one in templates if one not in different}


def _kept(chat: Chat, template: Template) -> str:
    consent = chat.consents.get(template.id)
    return consent.kept if consent else ""


def _answer(visit: Visit, question: Question, template: Template) -> str:
    """Writes the choice down; a rejection takes nothing of what she granted before."""
    consent = visit.chat.consents.setdefault(template.id, Consent())
    asked = template.id in question.answers
    choice = question.answers.get(template.id, consent.kept)
    if asked and question.keep:
        consent.kept = choice
    if choice == Choice.ACCEPT and (asked or visit.platform.world.settings.silent_accept_counts):
        consent.accept(template)
    return choice


def _tell(
    visit: Visit, question: Question, asked: list[Template], popped: list[Template], results: dict[str, str]
) -> None:
    """The event tells of a pop-up; whether it comes for a silent answer too is a setting."""
    told = asked if visit.platform.world.settings.silent_accept_pushes else popped
    visit.platform.world.changed()
    if not told:
        return
    entries = [
        {"TemplateId": one.id, "SubscribeStatusString": results[one.id], "PopupScene": str(question.scene)}
        for one in told
    ]
    words = {Choice.ACCEPT: "同意", Choice.REJECT: "拒绝"}
    text = "、".join(f"{words[Choice(results[one.id])]}接收「{one.title}」" for one in told)
    visit.event(text, _event("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", entries))


def _event(name: str, wrapper: str, entries: list[JsonObject]) -> JsonObject:
    return {"MsgType": "event", "Event": name, wrapper: {"List": entries}}


async def listed(platform: Platform, request: web.Request) -> JsonObject:
    visit = visit_of(platform, request)
    return {"items": [_shown(visit.chat, one) for one in visit.desk.notices.values() if one.type != ONCE]}


def _shown(chat: Chat, template: Template) -> JsonObject:
    consent = chat.consents.get(template.id) or Consent()
    return {
        "template_id": template.id,
        "title": template.title,
        "type": template.type,
        "credits": int(consent.lasting) if template.type == LONG_TERM else consent.left,
        "kept": consent.kept,
        "refused": consent.refused,
        "example_rows": [{"label": word.label, "value": word.example} for word in template.keywords],
    }


async def change(platform: Platform, request: web.Request) -> JsonObject:
    """The settings page of the account. Only switching off is told to its server."""
    visit = visit_of(platform, request)
    body = await body_of(request)
    template, on = _template(visit, string(body, "template_id")), body.get("on")
    if not isinstance(on, bool):
        raise Refused("on 应为 true 或 false。")
    visit.chat.consents.setdefault(template.id, Consent()).switch(template, on)
    platform.world.changed()
    if on:
        return shown(None)
    entries: list[JsonObject] = [{"TemplateId": template.id, "SubscribeStatusString": Choice.REJECT.value}]
    event = _event("subscribe_msg_change_event", "SubscribeMsgChangeEvent", entries)
    return shown(visit.event(f"关闭了「{template.title}」", event))


async def block(platform: Platform, request: web.Request) -> JsonObject:
    """The follower switches the account's messages off, without leaving it. The account is not told."""
    visit = visit_of(platform, request)
    visit.demand_official()
    visit.demand_following()
    on = (await body_of(request)).get("on")
    if not isinstance(on, bool):
        raise Refused("on 应为 true 或 false。")
    visit.chat.blocked = on
    platform.world.changed()
    platform.show(visit.desk, visit.chat)
    return shown(None)
