"""Her data, her decision: everything that is held, as JSON or as a file; restriction; leaving; who looked."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.rights import actions, looks, requests, sections, words, workbook
from backend.web import access, limits
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, Asked, Done, PageQuery, Problem, Word, done, json
from miniprogram_api.sign_in import BEARER, member_id, once
from models.rights import RightKind, Why

TAG = Tag(name="rights", description="我的权利")
api = APIBlueprint("rights", __name__, url_prefix="/api/v1", abp_tags=[TAG], abp_security=BEARER)

ZIP = "application/zip"


class DataAnswer(Answer):
    """Section → rows; the keys of a row are those of the file's columns."""

    number: str = Field(description="这次查询的编号", examples=["Q20261122-7F3A9C21"])
    data: dict[str, list[dict[str, Any]]] = Field(examples=[{"profile": [{"name": "陈秀兰", "place": "春晓社区"}]}])


class CopyAsked(Asked):
    password: Word = Field(max_length=64, description="打开文件的密码，8 到 64 位；我们不保存它", examples=["mima2026"])


class LookAnswer(Answer):
    role: str = Field(description="谁看的", examples=["联络员"])
    unit: str = Field(description="哪个单位的", examples=["春晓社区"])
    fields: list[str] = Field(description="看了什么", examples=[["手机号"]])
    reason: str = Field(examples=["上门慰问前确认时间"])
    looked_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])


class LookList(Answer):
    items: list[LookAnswer]
    next_cursor: str | None = Field(examples=[None])


class RequestAnswer(Answer):
    number: str = Field(examples=["Q20261122-7F3A9C21"])
    kind: RightKind
    why: Why
    detail: str = Field(examples=["name,unit"])
    made_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])


class RequestList(Answer):
    items: list[RequestAnswer]
    next_cursor: str | None = Field(examples=[None])


@api.get("/me/data", responses={200: DataAnswer, 404: Problem}, summary="我们保存的全部资料")
def data() -> Response:
    hers = member_id()
    limits.spend("export")
    found = sections.as_json(sections.collect(access.runtime().cipher, hers))
    return json(DataAnswer(number=actions.note_copy(hers), data=found))


@api.post("/me/data/file", responses={200: None, 404: Problem}, summary="下载我的资料（加密的表格）")
def copy(body: CopyAsked) -> Response:
    """答复是 AES-256 加密的 zip，里面是一个 XLSX。用同一个 Idempotency-Key 重发，文件是新做的，编号还是那一个。"""
    hers = member_id()
    workbook.check_password(body.password)
    limits.spend("export")
    once(lambda: done("已经记下。", actions.note_copy(hers)))
    packed = workbook.sealed(sections.collect(access.runtime().cipher, hers), body.password)
    return Response(packed, content_type=ZIP, headers={"Content-Disposition": 'attachment; filename="my-data.zip"'})


@api.put("/me/restriction", responses={200: Done, 404: Problem}, summary="暂停使用我的资料")
def restrict() -> Response:
    hers = member_id()
    return once(lambda: _restricted(actions.restrict(hers)))


def _restricted(number: str | None) -> Response:
    return done("好的，您的资料只保存，不再使用；随时可以恢复。" if number else "已经暂停使用了。", number)


@api.delete("/me/restriction", responses={200: Done, 404: Problem}, summary="恢复使用我的资料")
def release() -> Response:
    hers = member_id()
    return once(lambda: _released(actions.release(hers)))


def _released(number: str | None) -> Response:
    return done("好的，已经恢复使用。" if number else "没有暂停，不用恢复。", number)


@api.get("/me/looks", responses={200: LookList, 304: None, 404: Problem}, summary="谁看过我的信息")
def seen_by(query: PageQuery) -> Response:
    found = looks.of(access.runtime().cipher, member_id(), query.before, query.limit + 1)
    shown, more = query.page(found, lambda each: each.id)
    return conditional(
        json(LookList(items=[LookAnswer.model_validate(_look(each)) for each in shown], next_cursor=more))
    )


@api.get("/me/requests", responses={200: RequestList, 304: None, 404: Problem}, summary="我提过的要求")
def asked(query: PageQuery) -> Response:
    found = requests.of(member_id(), query.before, query.limit + 1)
    shown, more = query.page(found, lambda each: each.id)
    return conditional(
        json(RequestList(items=[RequestAnswer.model_validate(_request(each)) for each in shown], next_cursor=more))
    )


def _look(look: looks.LookView) -> dict[str, object]:
    told = {name: getattr(look, name) for name in LookAnswer.model_fields}
    return {**told, "fields": words.fields(look.fields), "looked_at": clock.beijing(look.looked_at)}


def _request(request: requests.RequestView) -> dict[str, object]:
    told = {name: getattr(request, name) for name in RequestAnswer.model_fields}
    return {**told, "made_at": clock.beijing(request.made_at)}
