"""Template messages of a service account: to followers, about their own affairs, never marketing (protocol sheet §4.1).

https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.retries import Repeat

SEND = "/cgi-bin/message/template/send"
DEDUPLICATED_SECONDS = 600.0
"""The same openid and key are delivered once within ten minutes."""


@dataclass(frozen=True)
class Page:
    """A page of a mini-program that belongs to the account."""

    app_id: str
    path: str

    def body(self) -> dict[str, str]:
        return {"appid": self.app_id, "pagepath": self.path}


@dataclass(frozen=True, slots=True)
class TemplateSend:
    """`data` as the template names its keywords: thing1, time2. `key` lets the platform de-duplicate for ten minutes.

    With both a page and a url the page opens; the url is for those whose WeChat is too old for it.
    """

    openid: str
    template_id: str
    data: Mapping[str, str]
    key: str = ""
    url: str = ""
    page: Page | None = None

    path = SEND
    urgent = False

    @property
    def deduplicated(self) -> bool:
        return bool(self.key)

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "touser": self.openid,
            "template_id": self.template_id,
            "data": {key: {"value": value} for key, value in self.data.items()},
        }
        if self.url:
            body["url"] = self.url
        if self.page:
            body["miniprogram"] = self.page.body()
        if self.key:
            body["client_msg_id"] = self.key
        return body


@dataclass(frozen=True)
class Template:
    id: str
    title: str
    content: str
    example: str


@dataclass(frozen=True)
class Industry:
    first: str
    second: str


@dataclass(frozen=True)
class Blocked:
    """A message the platform kept back; `id` is where the next page begins."""

    id: str
    openid: str
    title: str
    content: str


class Templates:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def send(self, message: TemplateSend) -> str:
        """The msgid: the TEMPLATESENDJOBFINISH event will carry it."""
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
        repeat = Repeat.ALWAYS if message.deduplicated else Repeat.UNSENT
        return self._caller.post(SEND, message.body(), repeat).filled("msgid")

    def all(self) -> list[Template]:
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_getalltemplates
        answer = self._caller.get("/cgi-bin/template/get_all_private_template")
        return [_template(item) for item in answer.parts("template_list")]

    def add(self, short_id: str, keywords: Iterable[str]) -> str:
        """From the platform's library; `keywords` in the wished order. Answers the template id."""
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_addtemplate
        body = {"template_id_short": short_id, "keyword_name_list": list(keywords)}
        return self._caller.post("/cgi-bin/template/api_add_template", body, Repeat.UNSENT).filled("template_id")

    def remove(self, template_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_deletetemplate
        self._caller.post("/cgi-bin/template/del_private_template", {"template_id": template_id})

    def industry(self) -> Industry:
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_getindustry
        answer = self._caller.get("/cgi-bin/template/get_industry")
        return Industry(_industry(answer.part("primary_industry")), _industry(answer.part("secondary_industry")))

    def set_industry(self, first: int, second: int) -> None:
        # https://developers.weixin.qq.com/doc/service/api/notify/template/api_setindustry
        body = {"industry_id1": str(first), "industry_id2": str(second)}
        self._caller.post("/cgi-bin/template/api_set_industry", body, Repeat.UNSENT)

    def blocked(self, msgid: str, after: str = "0", limit: int = 100) -> list[Blocked]:
        """Messages the platform held back as marketing or worse, up to a hundred a page."""
        # https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
        body = {"tmpl_msg_id": msgid, "largest_id": int(after), "limit": limit}
        return [_blocked(item) for item in self._caller.post("/wxa/sec/queryblocktmplmsg", body).parts("msginfo")]


def _template(item: Answer) -> Template:
    title, content = item.text("title", ""), item.text("content", "")
    return Template(item.filled("template_id"), title, content, item.text("example", ""))


def _industry(item: Answer) -> str:
    return f"{item.text('first_class')}/{item.text('second_class')}"


def _blocked(item: Answer) -> Blocked:
    title, content = item.text("title", ""), item.text("content", "")
    return Blocked(item.filled("id"), item.text("openid", ""), title, content)
