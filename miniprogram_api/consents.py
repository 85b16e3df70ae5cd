"""The texts people agree to, what somebody agrees to, and her receipts: one purpose at a time."""

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from backend import clock
from backend.consents import queries
from backend.consents.queries import ReceiptView, Standing, Text
from backend.consents.rules import Agreement
from backend.rights import actions as rights
from backend.web import access
from miniprogram_api.schemas import Answer, Done, PageQuery, Problem, done, json
from miniprogram_api.sign_in import BEARER, member_id
from models.consents import Purpose, Through

TAG = Tag(name="consents", description="同意")
api = APIBlueprint("consents", __name__, url_prefix="/api/v1", abp_tags=[TAG])


class TextAnswer(Answer):
    purpose: Purpose
    version: int
    title: str
    body: str
    required: bool = Field(description="登记是不是非同意不可；别的都可以不同意")
    published_at: datetime


class TextList(BaseModel):
    items: list[TextAnswer]
    next_cursor: str | None


class StandingAnswer(TextAnswer):
    given: bool
    asks_again: bool = Field(description="同意过旧版，说明变了，请再问一次；在那以前不算同意")
    given_version: int | None
    given_at: datetime | None


class StandingList(BaseModel):
    items: list[StandingAnswer]
    next_cursor: str | None


class ReceiptAnswer(Answer):
    number: str = Field(description="回执编号")
    purpose: Purpose
    version: int
    title: str
    body: str = Field(description="当时的说明")
    given: bool = Field(description="true 同意，false 撤回")
    through: Through
    happened_at: datetime


class ReceiptList(BaseModel):
    items: list[ReceiptAnswer]
    next_cursor: str | None


class PurposePath(BaseModel):
    purpose: Purpose


class VersionAsked(BaseModel):
    version: int = Field(ge=1, le=10_000, description="看过的是哪一版")


@api.get("/consents", responses={200: TextList}, summary="要同意的说明")
def texts() -> Response:
    items = [TextAnswer.model_validate(_text(each)) for each in queries.texts()]
    return json(TextList(items=items, next_cursor=None))


@api.get("/me/consents", responses={200: StandingList, 401: Problem, 404: Problem}, security=BEARER, summary="我同意的")
def mine() -> Response:
    items = [StandingAnswer.model_validate(_standing(each)) for each in queries.standing(member_id())]
    return json(StandingList(items=items, next_cursor=None))


@api.put(
    "/me/consents/<purpose>",
    responses={200: Done, 401: Problem, 404: Problem, 422: Problem},
    security=BEARER,
    summary="同意一项",
)
def give(path: PurposePath, body: VersionAsked) -> Response:
    agreement = Agreement(path.purpose, body.version)
    return done("已记下您的同意。", access.runtime().members.agree(member_id(), agreement, Through.MINIPROGRAM))


@api.delete(
    "/me/consents/<purpose>",
    responses={200: Done, 401: Problem, 404: Problem},
    security=BEARER,
    summary="撤回一项",
    description="马上生效，靠它保存的资料一起删除。撤回 membership 就是注销。",
)
def withdraw(path: PurposePath) -> Response:
    hers = member_id()
    if path.purpose is Purpose.MEMBERSHIP:
        return done("已经注销，您的资料已删除。", rights.erase(hers))
    number = access.runtime().members.withdraw(hers, path.purpose, Through.MINIPROGRAM)
    return done("已经撤回，马上生效。" if number else "这一项本来就没有同意。", number)


@api.get(
    "/me/consents/receipts",
    responses={200: ReceiptList, 401: Problem, 404: Problem},
    security=BEARER,
    summary="我的回执",
)
def receipts(query: PageQuery) -> Response:
    found = queries.receipts(member_id(), query.before, query.limit + 1)
    shown = found[: query.limit]
    more = str(shown[-1].id) if len(found) > query.limit else None
    return json(ReceiptList(items=[ReceiptAnswer.model_validate(_receipt(each)) for each in shown], next_cursor=more))


def _text(text: Text) -> dict[str, object]:
    told = {name: getattr(text, name) for name in ("purpose", "version", "title", "body", "required")}
    return {**told, "published_at": clock.beijing(text.published_at)}


def _standing(each: Standing) -> dict[str, object]:
    given_at = None if each.given_at is None else clock.beijing(each.given_at)
    told = {"given": each.given, "asks_again": each.asks_again, "given_version": each.version, "given_at": given_at}
    return {**_text(each.text), **told}


def _receipt(receipt: ReceiptView) -> dict[str, object]:
    told = {name: getattr(receipt, name) for name in ReceiptAnswer.model_fields}
    return {**told, "happened_at": clock.beijing(receipt.happened_at)}
