"""Subscription notices: one consent buys one message, or for public services many (protocol sheet §4.2, §4.3).

The service account's kind (bizsend) and the mini-program's differ in the path only. The platform de-duplicates neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.calls.templates import Page
from backend.wechat.retries import Repeat

BIZSEND = "/cgi-bin/message/subscribe/bizsend"
SEND = "/cgi-bin/message/subscribe/send"
TEMPLATES, TITLES = "/wxaapi/newtmpl/gettemplate", "/wxaapi/newtmpl/getpubtemplatetitles"
log = structlog.get_logger()


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
    urgent = False

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
    urgent = False

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
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
        return self._caller.post(message.path, message.body(), Repeat.UNSENT).text("msgid", "")

    def all(self) -> list[SubscriptionTemplate]:
        """Without those of a term the house does not know, which it could not use: they are logged, and hide nobody."""
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getwxapubnewtemplate
        items = self._caller.get(TEMPLATES).parts("data")
        return [_template(item, term) for item in items if (term := _term(TEMPLATES, item, "priTmplId"))]

    def categories(self) -> list[Category]:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getcategory
        answer = self._caller.get("/wxaapi/newtmpl/getcategory")
        return [Category(item.integer("id"), item.text("name")) for item in answer.parts("data")]

    def library(self, categories: Iterable[int], start: int = 0, limit: int = 30) -> list[LibraryTitle]:
        """What the platform offers in these categories, thirty a page at most; of unknown terms as `all`."""
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getpubnewtemplatetitles
        ids = ",".join(str(each) for each in categories)
        query = {"ids": ids, "start": str(start), "limit": str(limit)}
        items = self._caller.get(TITLES, query).parts("data")
        return [_title(item, term) for item in items if (term := _term(TITLES, item, "tid"))]

    def keywords(self, title_id: int) -> list[LibraryKeyword]:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getpubnewtemplatekeywords
        answer = self._caller.get("/wxaapi/newtmpl/getpubtemplatekeywords", {"tid": str(title_id)})
        return [
            LibraryKeyword(item.integer("kid"), item.text("name"), item.text("rule"), item.text("example", ""))
            for item in answer.parts("data")
        ]

    def add(self, title_id: int, keyword_ids: Iterable[int], purpose: str) -> str:
        """Two to five keywords; `purpose` is told to the platform, 15 characters at most. Answers the template id."""
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_addwxanewtemplate
        body = {"tid": str(title_id), "kidList": list(keyword_ids), "sceneDesc": purpose}
        return self._caller.post("/wxaapi/newtmpl/addtemplate", body, Repeat.UNSENT).filled("priTmplId")

    def remove(self, template_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/notify/notify/api_delwxanewtemplate
        self._caller.post("/wxaapi/newtmpl/deltemplate", {"priTmplId": template_id})


def _term(path: str, item: Answer, id_name: str) -> Term | None:
    term = item.chosen_if_known("type", Term)
    if term is None:
        log.warning("wechat.term_unknown", interface=path, id=item.filled(id_name), term=item.integer("type"))
    return term


def _template(item: Answer, term: Term) -> SubscriptionTemplate:
    id_, title = item.filled("priTmplId"), item.text("title")
    return SubscriptionTemplate(id_, title, item.text("content"), item.text("example", ""), term)


def _title(item: Answer, term: Term) -> LibraryTitle:
    return LibraryTitle(item.integer("tid"), item.text("title"), term, item.integer("categoryId"))
