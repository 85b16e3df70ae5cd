"""Children under fourteen, registered by the member who answers for them."""

from datetime import date

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.errors import NotFound
from backend.members import actions, names, queries
from backend.web import access
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, Asked, Done, Problem, Shape, Word, done, json
from miniprogram_api.sign_in import BEARER, member_id, once

TAG = Tag(name="wards", description="我的孩子")
api = APIBlueprint("wards", __name__, url_prefix="/api/v1/me/wards", abp_tags=[TAG], abp_security=BEARER)


class WardAsked(Asked):
    name: Word = Field(max_length=64, examples=["陈小雨"])
    birth_year: int = Field(ge=1900, le=2200, examples=[2018])
    birth_month: int = Field(ge=1, le=12, examples=[6])


class WardAnswer(Answer):
    id: int = Field(examples=[3])
    name: str = Field(examples=["陈小雨"])
    until: date = Field(description="满十四岁的月底，到那时自动删除", examples=["2032-06-30"])


class WardList(Answer):
    items: list[WardAnswer]
    next_cursor: str | None = Field(examples=[None])


class WardPath(Shape):
    id: int = Field(ge=1, le=2**31 - 1, examples=[3])


@api.get("", responses={200: WardList, 304: None, 404: Problem}, summary="我登记的孩子")
def mine() -> Response:
    found = queries.wards(access.runtime().cipher, member_id())
    items = [WardAnswer(id=each.id, name=each.name, until=clock.day_of(each.fourteen_at)) for each in found]
    return conditional(json(WardList(items=items, next_cursor=None)))


@api.post("", responses={201: Done, 404: Problem}, summary="为孩子登记")
def add(body: WardAsked) -> Response:
    hers, name = member_id(), names.normal(body.name)

    def work() -> Response:
        access.runtime().members.add_ward(hers, name, body.birth_year, body.birth_month)
        return done("已经为孩子登记好了。", status=201)

    return once(work)


@api.delete("/<int:id>", responses={200: Done, 404: Problem}, summary="删除孩子的登记")
def remove(path: WardPath) -> Response:
    hers = member_id()

    def work() -> Response:
        if not actions.remove_ward(hers, path.id):
            raise NotFound("ward_unknown", "没有登记这个孩子，可能已经删除了。")
        return done("已经删除。")

    return once(work)
