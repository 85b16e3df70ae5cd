"""Places for everybody: the tree, one place, and the community of a point. Says nothing of people."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from backend.errors import NotFound
from backend.places import queries as places
from backend.places.queries import PlaceView
from miniprogram_api.schemas import Answer, PageQuery, Problem, Word

api = APIBlueprint("places", __name__, url_prefix="/api/v1/places", abp_tags=[Tag(name="places", description="区划")])


class PlaceAnswer(Answer):
    code: str = Field(description="编码，以上级的编码开头")
    name: str
    level: str = Field(description="district、street、community、grid 或 lane")
    latitude: float | None = Field(description="WGS84")
    longitude: float | None = Field(description="WGS84")


class PlaceList(BaseModel):
    items: list[PlaceAnswer]
    next_cursor: str | None


class PlaceListQuery(PageQuery):
    parent: Word = Field("", max_length=32, description="上级编码；留空列出最上一级")


class PlacePath(BaseModel):
    code: Word = Field(max_length=32)


class PointQuery(BaseModel):
    latitude: float = Field(ge=-90, le=90, description="WGS84")
    longitude: float = Field(ge=-180, le=180, description="WGS84")


@api.get("", responses={200: PlaceList, 422: Problem}, summary="某地的下一级")
def children(query: PlaceListQuery) -> Response:
    found = places.children(query.parent, query.cursor, query.limit + 1)
    shown = found[: query.limit]
    more = shown[-1].code if len(found) > query.limit else None
    return _json(PlaceList(items=[_answer(place) for place in shown], next_cursor=more))


@api.get("/nearest", responses={200: PlaceAnswer, 404: Problem, 422: Problem}, summary="某点所在的社区")
def nearest(query: PointQuery) -> Response:
    place = places.community_at(query.latitude, query.longitude)
    return _json(_answer(_found(place, "五公里以内没有本街道的社区。")))


@api.get("/<code>", responses={200: PlaceAnswer, 404: Problem}, summary="一个地方")
def one(path: PlacePath) -> Response:
    return _json(_answer(_found(places.by_code(path.code), "没有这个地方，请检查编码。")))


def _found(place: PlaceView | None, sentence: str) -> PlaceView:
    if place is None:
        raise NotFound("place_unknown", sentence)
    return place


def _answer(place: PlaceView) -> PlaceAnswer:
    return PlaceAnswer.model_validate(place)


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), content_type="application/json")
