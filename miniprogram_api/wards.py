"""Children under fourteen, registered by the member who answers for them."""

from datetime import date

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from backend import clock
from backend.errors import NotFound
from backend.members import actions, names, queries
from backend.web import access
from miniprogram_api.schemas import Answer, Done, Problem, Word, done, json
from miniprogram_api.sign_in import BEARER, member_id

TAG = Tag(name="wards", description="我的孩子")
api = APIBlueprint("wards", __name__, url_prefix="/api/v1/me/wards", abp_tags=[TAG], abp_security=BEARER)


class WardAsked(BaseModel):
    name: Word = Field(max_length=64)
    birth_year: int = Field(ge=1900, le=2200)
    birth_month: int = Field(ge=1, le=12)


class WardAnswer(Answer):
    id: int
    name: str
    until: date = Field(description="满十四岁的月底，到那时自动删除")


class WardList(BaseModel):
    items: list[WardAnswer]
    next_cursor: str | None


class WardPath(BaseModel):
    id: int = Field(ge=1, le=2**31 - 1)


@api.get("", responses={200: WardList, 401: Problem, 404: Problem}, summary="我登记的孩子")
def mine() -> Response:
    found = queries.wards(access.runtime().cipher, member_id())
    items = [WardAnswer(id=each.id, name=each.name, until=clock.day_of(each.fourteen_at)) for each in found]
    return json(WardList(items=items, next_cursor=None))


@api.post("", responses={201: Done, 401: Problem, 404: Problem, 422: Problem}, summary="为孩子登记")
def add(body: WardAsked) -> Response:
    name = names.normal(body.name)
    access.runtime().members.add_ward(member_id(), name, body.birth_year, body.birth_month)
    return done("已经为孩子登记好了。", status=201)


@api.delete("/<int:id>", responses={200: Done, 401: Problem, 404: Problem}, summary="删除孩子的登记")
def remove(path: WardPath) -> Response:
    if not actions.remove_ward(member_id(), path.id):
        raise NotFound("ward_unknown", "没有登记这个孩子，可能已经删除了。")
    return done("已经删除。")
