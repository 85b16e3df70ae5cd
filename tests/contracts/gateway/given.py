"""What the calls of the gateway need to be there: a person at her phone, a draft, a code, a tag.

Everything is prepared through the gateway itself or by the person's own acts, never behind the platform's back.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend.settings import AccountSettings
from backend.wechat.calls import custom, oauth, subscriptions, templates
from backend.wechat.calls.drafts import Article
from backend.wechat.calls.logins import Login
from backend.wechat.calls.menus import Button, Match
from backend.wechat.failures import Refused
from backend.wechat.gateway import Gateway
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform

JPG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(64)
AMR = b"#!AMR\n" + bytes(64)
BUTTONS = (Button("帮助", "click", "help"),)
NOBODY = "oNobodyNobodyNobodyNobodyNob"
MINUTE, DAY = 60, 86_400
UNCERTIFIED = replace(OFFICIAL, app_id="wx0000000000000001", name="未认证的号")
SMALL = replace(MINIPROGRAM, app_id="wx0000000000000002", name="只有一页的小程序")
ONLY_PAGE = "pages/index"
SAMPLES = {
    "thing": "包粽子",
    "time": "2026年6月1日 09:00",
    "date": "2026年6月1日",
    "phrase": "已受理",
    "name": "陈秀兰",
    "phone_number": "07160000000",
    "character_string": "NO1",
    "amount": "12元",
    "number": "3",
    "enum": "停水",
}
numbers, seasons = itertools.count(1), itertools.count(1)


@dataclass
class Given:
    platform: Platform
    phone: Phone  # follows the official account and has just written
    visitor: Phone  # the same person at the mini-program
    gateway: Gateway
    mini: Gateway
    afterwards: ExitStack  # what belongs to an account outlives a new start, and is put back here

    @property
    def openid(self) -> str:
        return self.phone.openid

    def anew(self) -> "Given":
        """The same world through gateways that remember nothing."""
        return replace(self, gateway=self.connected(OFFICIAL), mini=self.connected(MINIPROGRAM))

    def connected(self, account: AccountSettings) -> Gateway:
        gateway = gateway_to(self.platform.url, account)
        self.afterwards.callback(gateway.sender.close)
        return gateway

    def ask(self, phone: Phone, verb: str, body: dict[str, Any] | None = None) -> Any:
        return self.platform.ask("POST", f"people/{phone.pid}/chats/{phone.app_id}/{verb}", body or {})

    def stranger(self) -> Phone:
        """Of the official account; follows it not yet."""
        return self.platform.phone(OFFICIAL.app_id, "p2")

    def crowd(self, count: int, app_id: str = OFFICIAL.app_id) -> list[str]:
        """Followers who all just wrote."""
        openids: list[str] = self.platform.ask("POST", "crowd", {"app_id": app_id, "count": count})["openids"]
        return openids

    def settings(self, **changes: Any) -> None:
        before = self.platform.ask("GET", "settings")
        self.afterwards.callback(self.platform.settings, **{name: before[name] for name in changes})
        self.platform.settings(**changes)

    def limit(self, path: str, daily: int, app_id: str = OFFICIAL.app_id) -> None:
        self._control(app_id, "limits", {"path": path, "daily": daily}, {"path": path, "daily": None})

    def admit_only(self, address: str, app_id: str = OFFICIAL.app_id) -> None:
        self._control(app_id, "addresses", {"allowed": [address]}, {"allowed": None})

    def _control(self, app_id: str, name: str, change: dict[str, Any], undo: dict[str, Any]) -> None:
        path = f"accounts/{app_id}/{name}"
        self.afterwards.callback(self.platform.ask, "POST", path, undo)
        self.platform.ask("POST", path, change)

    def next_season(self) -> None:
        """The industry is changed once a month, and the platform remembers for how long it was."""
        self.platform.advance(next(seasons) * 31 * DAY)

    def begin(self, period: int) -> None:
        """The platform's clock to the beginning of a minute, or of a day in Beijing: what is counted falls into one."""
        now = datetime.fromisoformat(self.platform.ask("GET", "clock")["now"]).timestamp()
        self.platform.advance(period - (now + 8 * 3600) % period)

    def key(self) -> str:
        """Of a mass message, never used before."""
        return f"m{next(numbers)}"

    def thumb(self) -> str:
        return self.gateway.media.add("thumb", "a.jpg", JPG).media_id

    def draft(self) -> str:
        return self.gateway.drafts.add([Article("停水通知", "<p>明天停水</p>", self.thumb(), digest="明天")])

    def published(self) -> str:
        self.settings(publish_seconds=0)
        publish_id = self.gateway.publishing.submit(self.draft())
        return self.gateway.publishing.state(publish_id).article_id

    def consent(self, scope: oauth.Scope = oauth.Scope.PROFILE) -> str:
        """The code that a browser brings back."""
        return self.platform.consent(self.gateway.oauth.address("http://127.0.0.1/back", "s1", scope), "p1")

    def visitor_by_oauth(self, scope: oauth.Scope = oauth.Scope.PROFILE) -> oauth.Visitor:
        return self.gateway.oauth.exchange(self.consent(scope))

    def login_code(self) -> str:
        return str(self.ask(self.visitor, "login")["code"])

    def phone_code(self) -> str:
        return str(self.ask(self.visitor, "phone-number")["code"])

    def session(self) -> Login:
        return self.mini.logins.exchange(self.login_code())

    def tag(self) -> int:
        tag = self.gateway.tags.create(f"志愿者{next(numbers)}").id
        self.afterwards.callback(self._forget_tag, tag)
        return tag

    def _forget_tag(self, tag: int) -> None:
        """A hundred are the most an account may have."""
        if tag in [each.id for each in self.gateway.tags.all()]:
            self.gateway.tags.remove(tag)

    def template(self) -> templates.Template:
        return self.gateway.templates.all()[0]

    def template_send(self, **changes: Any) -> templates.TemplateSend:
        template = self.template()
        return replace(templates.TemplateSend(self.openid, template.id, data_for(template.content)), **changes)

    def notice_send(self, **changes: Any) -> subscriptions.NoticeSend:
        """With the one consent that it takes."""
        template = one_off(self.gateway)
        self.agree(self.phone, template.id)
        return replace(subscriptions.NoticeSend(self.openid, template.id, data_for(template.content)), **changes)

    def subscribe_send(self, **changes: Any) -> subscriptions.SubscribeSend:
        """With the one consent that it takes."""
        template = one_off(self.mini)
        self.agree(self.visitor, template.id)
        openid = self.visitor.openid
        return replace(subscriptions.SubscribeSend(openid, template.id, data_for(template.content)), **changes)

    def agree(self, phone: Phone, template_id: str) -> None:
        self.ask(phone, "subscribe", {"template_ids": [template_id], "answers": {template_id: "accept"}})

    def menu_for_tag(self) -> str:
        """The id of a conditional menu, beside a default one."""
        self.gateway.menus.push(BUTTONS)
        return self.gateway.menus.add_conditional(BUTTONS, Match(tag_id=self.tag()))

    def rid(self) -> str:
        """Of a call that was refused."""
        return rid_of(lambda: self.gateway.custom.send(NOBODY, custom.CustomText("您好")))


def one_off(gateway: Gateway) -> subscriptions.SubscriptionTemplate:
    return next(each for each in gateway.subscriptions.all() if each.term is subscriptions.Term.ONE_OFF)


def data_for(content: str) -> dict[str, str]:
    keys = [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]
    return {key: SAMPLES[key.rstrip("0123456789")] for key in keys}


def thing_of(data: Mapping[str, str]) -> str:
    """The name of the first field that takes any words."""
    return next(key for key in data if key.startswith("thing"))


def rid_of(call: Callable[[], object]) -> str:
    try:
        call()
    except Refused as refused:
        return refused.errmsg.partition("rid: ")[2]
    raise AssertionError("it was not refused")


@contextmanager
def given_on(platform: Platform) -> Iterator[Given]:
    """A new start, and somebody who follows and has just written."""
    platform.start_again()
    phone, visitor = platform.phone(OFFICIAL.app_id), platform.phone(MINIPROGRAM.app_id)
    with ExitStack() as afterwards:
        gateways = gateway_to(platform.url), gateway_to(platform.url, MINIPROGRAM)
        for each in gateways:
            afterwards.callback(each.sender.close)
        phone.follow()
        phone.text("你好")
        yield Given(platform, phone, visitor, *gateways, afterwards)
        platform.mend()
