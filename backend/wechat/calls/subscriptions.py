"""Subscription notices: one consent buys one message, or for public services many (protocol sheet §4.2, §4.3).

The service account's kind (bizsend) and the mini-program's differ in the path only. The platform de-duplicates neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.calls.templates import Page
from backend.wechat.retries import Repeat

BIZSEND = "/cgi-bin/message/subscribe/bizsend"
SEND = "/cgi-bin/message/subscribe/send"


@dataclass(frozen=True, slots=True)
class NoticeSend:
    """From a service account; `page` is a web page, `mini_page` one of a mini-program.

    https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
    """

    openid: str
    template_id: str
    data: Mapping[str, str]
    page: str = ""
    mini_page: Page | None = None

    path = BIZSEND
    deduplicated = False

    def body(self) -> dict[str, Any]:
        body = _body(self.openid, self.template_id, self.data, self.page)
        return body | {"miniprogram": self.mini_page.body()} if self.mini_page else body


@dataclass(frozen=True, slots=True)
class SubscribeSend:
    """From a mini-program; `page` is one of its own and may carry a query. `state`: formal, trial or developer.

    https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
    """

    openid: str
    template_id: str
    data: Mapping[str, str]
    page: str = ""
    state: str = "formal"

    path = SEND
    deduplicated = False

    def body(self) -> dict[str, Any]:
        body = _body(self.openid, self.template_id, self.data, self.page)
        return body | {"miniprogram_state": self.state, "lang": "zh_CN"}


def _body(openid: str, template_id: str, data: Mapping[str, str], page: str) -> dict[str, Any]:
    values = {key: {"value": value} for key, value in data.items()}
    body = {"touser": openid, "template_id": template_id, "data": values}
    return body | {"page": page} if page else body


class Term(IntEnum):
    ONE_OFF = 2
    LONG = 3


@dataclass(frozen=True)
class SubscriptionTemplate:
    id: str
    title: str
    content: str
    example: str
    term: Term


@dataclass(frozen=True)
class Category:
    id: int
    name: str


@dataclass(frozen=True)
class LibraryTitle:
    id: int
    title: str
    term: Term
    category_id: int


@dataclass(frozen=True)
class LibraryKeyword:
    """`rule` is its type: thing, time, phrase."""

    id: int
    name: str
    rule: str
    example: str


class Subscriptions:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def send(self, message: NoticeSend | SubscribeSend) -> str:
        """The msgid where the platform tells one, else nothing."""
        return str(self._caller.post(message.path, message.body(), Repeat.UNSENT).get("msgid", ""))

    def all(self) -> list[SubscriptionTemplate]:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getwxapubnewtemplate
        answer = self._caller.get("/wxaapi/newtmpl/gettemplate")
        return [_template(item) for item in answer["data"]]

    def categories(self) -> list[Category]:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getcategory
        answer = self._caller.get("/wxaapi/newtmpl/getcategory")
        return [Category(int(item["id"]), item["name"]) for item in answer["data"]]

    def library(self, categories: Iterable[int], start: int = 0, limit: int = 30) -> list[LibraryTitle]:
        """What the platform offers in these categories, thirty a page at most."""
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getpubtemplatetitlelist
        ids = ",".join(str(each) for each in categories)
        query = {"ids": ids, "start": str(start), "limit": str(limit)}
        answer = self._caller.get("/wxaapi/newtmpl/getpubtemplatetitles", query)
        return [
            LibraryTitle(int(item["tid"]), item["title"], Term(int(item["type"])), int(item["categoryId"]))
            for item in answer["data"]
        ]

    def keywords(self, title_id: int) -> list[LibraryKeyword]:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getpubtemplatekeywordsbyid
        answer = self._caller.get("/wxaapi/newtmpl/getpubtemplatekeywords", {"tid": str(title_id)})
        return [
            LibraryKeyword(int(item["kid"]), item["name"], item["rule"], item.get("example", ""))
            for item in answer["data"]
        ]

    def add(self, title_id: int, keyword_ids: Iterable[int], purpose: str) -> str:
        """Two to five keywords; `purpose` is told to the platform, 15 characters at most. Answers the template id."""
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_addwxapubnewtemplate
        body = {"tid": str(title_id), "kidList": list(keyword_ids), "sceneDesc": purpose}
        return str(self._caller.post("/wxaapi/newtmpl/addtemplate", body, Repeat.UNSENT)["priTmplId"])

    def remove(self, template_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_delwxapubnewtemplate
        self._caller.post("/wxaapi/newtmpl/deltemplate", {"priTmplId": template_id})


def _template(item: dict[str, Any]) -> SubscriptionTemplate:
    return SubscriptionTemplate(
        item["priTmplId"], item["title"], item["content"], item.get("example", ""), Term(int(item["type"]))
    )
