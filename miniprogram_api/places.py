"""Places for everybody: the tree, one place and its page, the community of a point, and what somebody looks for.

Says nothing of people but the duty contacts that an office publishes.
"""

from dataclasses import fields
from datetime import datetime
from typing import TypeVar

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.activities import queries as activities
from backend.activities.queries import ActivityView
from backend.errors import NotFound
from backend.heads.queries import HeadView, community_of, to_call
from backend.members import phones
from backend.places import pages, search
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.web import access, limits
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, PageQuery, Problem, Shape, Word, json
from miniprogram_api.sign_in import BEARER, member_id
from models.places import PlaceLevel

api = APIBlueprint("places", __name__, url_prefix="/api/v1/places", abp_tags=[Tag(name="places", description="区划")])

UNKNOWN = "没有这个地方，请检查编码。"

Found = TypeVar("Found")


class PlaceAnswer(Answer):
    code: str = Field(description="编码，以上级的编码开头", examples=["990101"])
    name: str = Field(examples=["春晓社区"])
    level: str = Field(description="district、street、community、grid 或 lane", examples=["community"])
    latitude: float | None = Field(description="WGS84", examples=[30.40433])
    longitude: float | None = Field(description="WGS84", examples=[112.7912])


class PlaceList(Answer):
    items: list[PlaceAnswer]
    next_cursor: str | None = Field(description="要下一页就把它写进 cursor；没有下一页时是 null", examples=["990101"])


class PlaceListQuery(PageQuery):
    parent: Word = Field("", max_length=32, description="上级编码；留空列出最上一级", examples=["9901"])


class FoundAnswer(PlaceAnswer):
    within: str = Field(description="上一级的名称，用来区分同名的地方", examples=["春晓街道"])


class PlacesFound(Answer):
    items: list[FoundAnswer]


class NameAnswer(Answer):
    code: str = Field(examples=["990101"])
    name: str = Field(examples=["春晓社区"])
    level: str = Field(examples=["community"])


class OfAnswer(Answer):
    code: str = Field(examples=["990101"])
    name: str = Field(examples=["春晓社区"])


class ContactAnswer(Answer):
    role: str = Field(
        description="liaison 联络员、office 服务站、police 民警、property 物业、doctor 家庭医生", examples=["liaison"]
    )
    name: str = Field(description="公示的称呼", examples=["王老师"])
    phone: str = Field(description="公示的值班电话", examples=["0799-5550101"])
    hours: str = Field(description="什么时候有人接，可能是空的", examples=["工作日 9:00–17:00"])
    of: OfAnswer = Field(description="由哪里公布：这个地方自己，或者它的上级")


class ActivityAnswer(Answer):
    title: str = Field(examples=["包饺子，过冬至"])
    starts_at: datetime = Field(examples=["2026-12-22T14:30:00+08:00"])
    ends_at: datetime = Field(examples=["2026-12-22T16:30:00+08:00"])
    venue: str = Field(description="在哪里，可能是空的", examples=["社区活动室"])
    of: OfAnswer = Field(description="哪里办的：这个地方自己，或者它的上级")


class PageAnswer(Answer):
    place: PlaceAnswer
    parents: list[NameAnswer] = Field(description="各级上级，从最上一级开始")
    children: int = Field(description="下一级有几个", examples=[12])
    contacts: list[ContactAnswer]
    activities: list[ActivityAnswer] = Field(description="还没结束的活动，最近的在前，最多 20 个")


class HeadAnswer(Answer):
    code: str = Field(description="楼栋、巷的编码", examples=["99010103"])
    place: str = Field(examples=["春晓社区 3 栋"])
    name: str = Field(examples=["王建国"])
    phone: str = Field(examples=["13800138000"])


class HeadList(Answer):
    items: list[HeadAnswer]
    next_cursor: str | None = Field(examples=[None])


class SearchQuery(Shape):
    q: Word = Field(
        min_length=1, max_length=64, description="名称的一部分、拼音、首字母，或者编码的开头", examples=["chunxiao"]
    )
    limit: int = Field(20, ge=1, le=50, description="最多多少条", examples=[20])
    level: PlaceLevel | None = Field(None, description="只找这一级；留空找社区、网格和楼栋巷", examples=["community"])


class PlacePath(Shape):
    code: Word = Field(min_length=1, max_length=32, examples=["990101"])


class PointQuery(Shape):
    latitude: float = Field(ge=-90, le=90, description="WGS84", examples=[30.40433])
    longitude: float = Field(ge=-180, le=180, description="WGS84", examples=[112.7912])


@api.get("", responses={200: PlaceList, 304: None, 422: Problem}, summary="某地的下一级")
def children(query: PlaceListQuery) -> Response:
    found = places.children(query.parent, query.cursor, query.limit + 1)
    shown, more = query.page(found, lambda place: place.code)
    return conditional(json(PlaceList(items=[_answer(place) for place in shown], next_cursor=more)))


@api.get("/search", responses={200: PlacesFound, 304: None, 422: Problem}, summary="按名称、拼音或编码查找")
def found(query: SearchQuery) -> Response:
    levels = search.LIVED_IN if query.level is None else (query.level,)
    items = search.find(query.q, levels, query.limit)
    return conditional(json(PlacesFound(items=[_found(each) for each in items])))


@api.get("/nearest", responses={200: PlaceAnswer, 404: Problem, 422: Problem}, summary="某点所在的社区")
def nearest(query: PointQuery) -> Response:
    place = places.community_at(query.latitude, query.longitude)
    return json(_answer(_known(place, "这个位置不在本街道的社区里。")))


@api.get("/<code>", responses={200: PlaceAnswer, 404: Problem}, summary="一个地方")
def one(path: PlacePath) -> Response:
    return json(_answer(_known(places.by_code(path.code), UNKNOWN)))


@api.get("/<code>/page", responses={200: PageAnswer, 304: None, 404: Problem}, summary="一个地方的主页")
def page(path: PlacePath) -> Response:
    found = _known(pages.page(path.code), UNKNOWN)
    told = {field.name: getattr(found, field.name) for field in fields(found)}
    told["activities"] = [_activity(each) for each in activities.on(path.code, clock.now())]
    return conditional(json(PageAnswer.model_validate(told)))


@api.get(
    "/<code>/heads",
    responses={200: HeadList, 304: None, 404: Problem},
    security=BEARER,
    summary="可以打电话的楼栋长、巷长",
)
def heads(path: PlacePath) -> Response:
    """登记过的成员可以看自己社区的，只有本人同意的才列出来。"""
    hers = member_id()
    limits.spend("heads")
    if community_of(hers) != path.code:
        raise NotFound("not_your_community", "只能看您自己社区的楼栋长、巷长。")
    items = [_head(each) for each in to_call(access.runtime().cipher, path.code)]
    return conditional(json(HeadList(items=items, next_cursor=None)))


def _head(view: HeadView) -> HeadAnswer:
    return HeadAnswer(code=view.place_code, place=view.place_name, name=view.name, phone=phones.shown(view.phone))


def _activity(view: ActivityView) -> ActivityAnswer:
    of = OfAnswer.model_validate(view.of)
    starts_at, ends_at = clock.beijing(view.starts_at), clock.beijing(view.ends_at)
    return ActivityAnswer(title=view.title, starts_at=starts_at, ends_at=ends_at, venue=view.venue, of=of)


def _known(found: Found | None, sentence: str) -> Found:
    if found is None:
        raise NotFound("place_unknown", sentence)
    return found


def _found(found: search.Found) -> FoundAnswer:
    return FoundAnswer(**_answer(found.place).model_dump(), within=found.within)


def _answer(place: PlaceView) -> PlaceAnswer:
    return PlaceAnswer.model_validate(place)
