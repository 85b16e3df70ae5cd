"""The texts people agree to, what somebody agrees to, and her receipts: one purpose at a time."""

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend import clock
from backend.consents import queries
from backend.consents.queries import ReceiptView, Standing, Text
from backend.consents.rules import Agreement
from backend.rights import actions as rights
from backend.web import access
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, Asked, Done, PageQuery, Problem, Shape, done, json
from miniprogram_api.sign_in import BEARER, kept, member_id, once
from models.consents import Purpose, Through

TAG = Tag(name="consents", description="同意")
api = APIBlueprint("consents", __name__, url_prefix="/api/v1", abp_tags=[TAG])


class TextAnswer(Answer):
    purpose: Purpose
    version: int = Field(examples=[1])
    title: str = Field(examples=["接收社区通知"])
    body: str = Field(examples=["我们会把停水停电、办事提醒、社区活动这样的通知发给您……"])
    required: bool = Field(description="登记是不是非同意不可；别的都可以不同意", examples=[False])
    published_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])


class TextList(Answer):
    items: list[TextAnswer]
    next_cursor: str | None = Field(examples=[None])


class StandingAnswer(TextAnswer):
    given: bool = Field(examples=[True])
    asks_again: bool = Field(description="同意过旧版，说明变了，请再问一次；在那以前不算同意", examples=[False])
    given_version: int | None = Field(examples=[1])
    given_at: datetime | None = Field(examples=["2026-11-22T08:00:00+08:00"])


class StandingList(Answer):
    items: list[StandingAnswer]
    next_cursor: str | None = Field(examples=[None])


class ReceiptAnswer(Answer):
    number: str = Field(description="回执编号", examples=["T20261122-5A3AF3F7"])
    purpose: Purpose
    version: int = Field(examples=[1])
    title: str = Field(examples=["接收社区通知"])
    body: str = Field(description="当时的说明", examples=["我们会把停水停电、办事提醒、社区活动这样的通知发给您……"])
    given: bool = Field(description="true 同意，false 撤回", examples=[True])
    through: Through
    happened_at: datetime = Field(examples=["2026-11-22T08:00:00+08:00"])


class ReceiptList(Answer):
    items: list[ReceiptAnswer]
    next_cursor: str | None = Field(examples=[None])


class PurposePath(Shape):
    purpose: Purpose


class VersionAsked(Asked):
    version: int = Field(ge=1, le=10_000, description="看过的是哪一版", examples=[1])


@api.get("/consents", responses={200: TextList, 304: None}, summary="要同意的说明")
def texts() -> Response:
    items = [TextAnswer.model_validate(_text(each)) for each in queries.texts()]
    return conditional(json(TextList(items=items, next_cursor=None)))


@api.get("/me/consents", responses={200: StandingList, 304: None, 404: Problem}, security=BEARER, summary="我同意的")
def mine() -> Response:
    items = [StandingAnswer.model_validate(_standing(each)) for each in queries.standing(member_id())]
    return conditional(json(StandingList(items=items, next_cursor=None)))


@api.put(
    "/me/consents/<purpose>",
    responses={200: Done, 404: Problem},
    security=BEARER,
    summary="同意一项",
)
def give(path: PurposePath, body: VersionAsked) -> Response:
    hers, agreement = member_id(), Agreement(path.purpose, body.version)
    members = access.runtime().members
    return once(lambda: done("已记下您的同意。", members.agree(hers, agreement, Through.MINIPROGRAM)))


@api.delete(
    "/me/consents/<purpose>",
    responses={200: Done, 404: Problem},
    security=BEARER,
    summary="撤回一项",
    description="马上生效，靠它保存的资料一起删除。撤回 membership 就是注销。",
)
def withdraw(path: PurposePath) -> Response:
    if (answer := kept()) is not None:
        return answer  # it may have been her membership
    hers = member_id()

    def work() -> Response:
        if path.purpose is Purpose.MEMBERSHIP:
            return done("已经注销，您的资料已删除。", rights.erase(hers))
        number = access.runtime().members.withdraw(hers, path.purpose, Through.MINIPROGRAM)
        return done("已经撤回，马上生效。" if number else "这一项本来就没有同意。", number)

    return once(work)


@api.get(
    "/me/receipts",
    responses={200: ReceiptList, 304: None, 404: Problem},
    security=BEARER,
    summary="我的回执",
)
def receipts(query: PageQuery) -> Response:
    found = queries.receipts(member_id(), query.before, query.limit + 1)
    shown, more = query.page(found, lambda each: each.id)
    return conditional(
        json(ReceiptList(items=[ReceiptAnswer.model_validate(_receipt(each)) for each in shown], next_cursor=more))
    )


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
