"""Registering, and what somebody told of herself: read, corrected, by nobody but her."""

from collections.abc import Callable
from datetime import date, datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.consents.rules import Agreement
from backend.errors import Conflict, FieldError, InvalidInput, NotFound
from backend.followers import rules as signs
from backend.members import names, phones, phrases, rules
from backend.members.profiles import profile
from backend.members.queries import Person
from backend.members.rules import Application, Change, Proof
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.rights import actions as rights
from backend.sessions.proofs import proof_by_wechat
from backend.sessions.queries import Visitor
from backend.web import access, limits
from miniprogram_api.schemas import Answer, Asked, Done, Problem, Word, done, json
from miniprogram_api.sign_in import BEARER, kept, member_id, once, visitor
from models.consents import Purpose, Through
from models.members import MemberState

TAG = Tag(name="me", description="我的资料")
api = APIBlueprint("me", __name__, url_prefix="/api/v1", abp_tags=[TAG], abp_security=BEARER)


class PhoneAsked(Asked):
    """One of the two: the code of WeChat's button, or number and code that staff confirmed face to face."""

    code: Word = Field("", max_length=256, description="手机号快捷登记给的 code", examples=["5f0c8e…"])
    number: Word = Field("", max_length=20, description="当面确认时的手机号", examples=[""])
    confirmation: Word = Field("", max_length=16, description="工作人员出示的确认码", examples=[""])
    number_is_new: bool = Field(False, description="这个号码别人登记过时：这是我新办的号码", examples=[False])


class PlaceAsked(Asked):
    """One of the three: chosen from the list, from the sign at the door, or from a location, which is not stored."""

    code: Word = Field("", max_length=32, examples=["990101"])
    scene: Word = Field("", max_length=64, description="楼门口二维码的 scene", examples=[""])
    latitude: float | None = Field(None, ge=-90, le=90, description="WGS84", examples=[None])
    longitude: float | None = Field(None, ge=-180, le=180, description="WGS84", examples=[None])


class SkillAsked(Asked):
    skill: Word = Field(max_length=32, examples=["haircut"])
    until: date = Field(description="做到哪天为止，含当天", examples=["2027-03-01"])


class ConsentAsked(Asked):
    purpose: Purpose
    version: int = Field(ge=1, le=10_000, description="看过的是哪一版", examples=[1])


class Registration(Asked):
    name: Word = Field(max_length=64, examples=["阿依古丽·买买提"])
    phone: PhoneAsked
    place: PlaceAsked
    fourteen: bool = Field(description="已满十四岁", examples=[True])
    consents: list[ConsentAsked] = Field(max_length=20, description="逐项同意，只有 membership 是必需的")
    unit: Word = Field("", max_length=64, description="门牌，可以不填", examples=[""])
    skills: list[SkillAsked] = Field([], max_length=20, examples=[[]])
    topics: list[Word] = Field([], max_length=20, examples=[[]])


class Correction(Asked):
    """What is left out stays as it is."""

    name: Word | None = Field(None, max_length=64, examples=["陈秀兰"])
    place: PlaceAsked | None = None
    unit: Word | None = Field(None, max_length=64, description="空着就是删掉", examples=["3 栋 2 单元 501"])
    skills: list[SkillAsked] | None = Field(None, max_length=20, examples=[[]])
    topics: list[Word] | None = Field(None, max_length=20, examples=[["jobs"]])


class PlaceName(Answer):
    code: str = Field(examples=["990101"])
    name: str = Field(examples=["春晓社区"])


class SkillAnswer(Answer):
    skill: str = Field(examples=["haircut"])
    until: date = Field(examples=["2027-03-01"])


class MeAnswer(Answer):
    """The number is masked, also for her: a phone left on a table shows it to nobody. The copy of her data has it."""

    state: MemberState
    name: str = Field(examples=["陈秀兰"])
    phone: str | None = Field(description="打码的手机号；没有验证过时为空", examples=["138******00"])
    place: PlaceName | None
    unit: str = Field(examples=[""])
    skills: list[SkillAnswer]
    topics: list[str] = Field(examples=[["jobs"]])
    joined_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])
    consents_due: list[Purpose] = Field(description="说明有了新版本、要重新同意的", examples=[[]])


class RegisteredAnswer(MeAnswer):
    joined: bool = Field(description="以前登记过，这个微信已经关联到原来的资料", examples=[False])


@api.get("/me", responses={200: MeAnswer, 404: Problem}, summary="我的资料")
def me() -> Response:
    return json(MeAnswer.model_validate(_told(member_id())))


@api.post("/me", responses={201: RegisteredAnswer, 409: Problem}, summary="登记成为社区成员")
def register(body: Registration) -> Response:
    """以前用同一个手机号、同一个名字登记过的，会关联到原来的资料（joined 为 true）。"""
    if (answer := kept()) is not None:
        return answer
    here = _newcomer()
    told, prove = _application(body), _proof(here, body.phone)

    def work() -> Response:
        new, proof, runtime = body.phone.number_is_new, prove(), access.runtime()
        found = runtime.members.register(here.identity_id, told, proof, Through.MINIPROGRAM, new)
        runtime.invitations.fulfil(found.member_id, proof.number)
        answer = {**_told(found.member_id), "joined": found.joined}
        return json(RegisteredAnswer.model_validate(answer), 201)

    return once(work)


@api.put("/me", responses={200: Done, 404: Problem}, summary="更正我的资料")
def correct(body: Correction) -> Response:
    hers = member_id()
    change = Change(
        name=None if body.name is None else names.normal(body.name),
        place_id=None if body.place is None else _home(body.place).id,
        unit=None if body.unit is None else rules.unit_of(body.unit),
        skills=None if body.skills is None else _skills(body.skills),
        topics=None if body.topics is None else frozenset(body.topics),
    )
    return once(lambda: done("已经改好了。", rights.correct(access.runtime().members, hers, change)))


@api.put("/me/phone", responses={200: Done, 404: Problem, 409: Problem}, summary="换手机号")
def correct_phone(body: PhoneAsked) -> Response:
    hers = member_id()
    if (answer := kept()) is not None:
        return answer
    prove = _proof(visitor(), body)

    def work() -> Response:
        number = rights.correct_phone(access.runtime().members, hers, prove(), body.number_is_new)
        return done("手机号已经换好了。", number)

    return once(work)


@api.delete("/me", responses={200: Done, 404: Problem}, summary="注销，删除我的资料")
def leave() -> Response:
    """马上删除，不能恢复。别人办事要用到的记录留下，写作「已注销居民」。"""
    if (answer := kept()) is not None:
        return answer  # signed out by what she asked for, she came in anew to hear it
    hers = member_id()
    return once(lambda: done("已经注销，您的资料已删除。", rights.erase(hers)))


def _newcomer() -> Visitor:
    """Raises Conflict when she is a member already: before the platform is asked, or her code is found to be spent."""
    here = visitor()
    if here.member_id is not None:
        raise Conflict("already_member", phrases.ALREADY)
    return here


def _application(body: Registration) -> Application:
    if not body.fourteen:
        raise InvalidInput("under_fourteen", "不满十四岁，请由爸爸妈妈登记后为您添加。")
    return Application(
        names.normal(body.name),
        _home(body.place).id,
        tuple(Agreement(each.purpose, each.version) for each in body.consents),
        rules.unit_of(body.unit),
        _skills(body.skills),
        frozenset(body.topics),
    )


def _proof(here: Visitor, asked: PhoneAsked) -> Callable[[], Proof]:
    """The platform is asked now, for it is slow; a code of the staff is spent with what it is for."""
    runtime = access.runtime()
    if bool(asked.code) == bool(asked.number and asked.confirmation):
        told = [FieldError("phone", "请用手机号快捷登记，或者填当面确认的手机号和确认码。")]
        raise InvalidInput("phone_missing", told[0].message, told)
    if not asked.code:
        limits.spend("staff_code")
        return lambda: runtime.confirmations.use(asked.number, asked.confirmation)
    limits.spend("phone_code")
    account = runtime.account_of(here.account_id)
    gateway = runtime.gateway(account.app_id)
    proof = proof_by_wechat(runtime.redemptions, gateway, account, here.openid, asked.code)
    return lambda: proof


def _home(asked: PlaceAsked) -> PlaceView:
    place = _named(asked)
    if place is None or place.level not in rules.HOMES:
        told = [FieldError("place", "请选您住的社区、网格或楼栋。")]
        raise InvalidInput("place_unknown", "没有找到您住的地方，请从列表里选。", told)
    return place


def _named(asked: PlaceAsked) -> PlaceView | None:
    if asked.code:
        return places.by_code(asked.code)
    if asked.scene:
        return places.by_code(signs.place_of_scene(asked.scene))
    if asked.latitude is None or asked.longitude is None:
        return None
    return places.community_at(asked.latitude, asked.longitude)


def _skills(asked: list[SkillAsked]) -> dict[str, datetime]:
    return {each.skill: clock.end_of_day(each.until) for each in asked}


def _told(hers: int) -> dict[str, object]:
    found = profile(access.runtime().cipher, hers)
    if found is None:
        raise NotFound("no_member", phrases.GONE)
    return {
        **_of(found.person),
        "skills": [{"skill": each.skill, "until": clock.day_of(each.until)} for each in found.skills],
        "topics": found.topics,
        "consents_due": found.due,
    }


def _of(person: Person) -> dict[str, object]:
    place = {"code": person.place_code, "name": person.place_name} if person.place_code else None
    return {
        "state": person.state,
        "name": person.name,
        "phone": phones.masked(person.phone) if person.phone else None,
        "place": place,
        "unit": person.unit,
        "joined_at": clock.beijing(person.joined_at),
    }
