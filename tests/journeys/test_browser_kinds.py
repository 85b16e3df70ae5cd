"""Every kind of message an account can send, sent by the gateway and seen on the phone page, each as what it is."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from backend.wechat.calls import custom, mass
from backend.wechat.calls.drafts import Article
from backend.wechat.calls.subscriptions import NoticeSend, SubscribeSend, Term
from backend.wechat.calls.templates import Page as MiniPage
from backend.wechat.calls.templates import TemplateSend
from backend.wechat.gateway import Gateway
from tests.browser import browser, needs_browser, opened
from tests.conftest import OFFICIAL
from tests.contracts.canned import canned
from tests.gateways import gateway_to
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform, account_row, simulated

AMR, MP4 = b"#!AMR\n" + bytes(64), b"\x00\x00\x00\x18ftypmp42" + bytes(64)
TARGET = MiniPage(MINIPROGRAM.app_id, "pages/a/index")

__all__ = ["browser"]
pytestmark = needs_browser


def _jpeg() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (470, 200), "#4a9d6b").save(drawn, "JPEG")
    return drawn.getvalue()


@dataclass
class Street:
    platform: Platform
    gateway: Gateway
    mini: Gateway
    phone: Phone
    visitor: Phone

    def media(self, kind: str) -> str:
        content, name = {"image": (_jpeg(), "a.jpg"), "voice": (AMR, "a.amr"), "video": (MP4, "a.mp4")}[kind]
        return self.gateway.media.upload(kind, name, content)

    def draft(self) -> str:
        thumb = self.gateway.media.add("thumb", "a.jpg", _jpeg()).media_id
        return self.gateway.drafts.add([Article("停水通知", "<p>明天停水</p>", thumb, digest="明天上午")])

    def say(self, message: custom.CustomMessage) -> None:
        self.gateway.custom.send(self.phone.openid, message)

    def say_in_mini(self, message: custom.CustomMessage) -> None:
        self.mini.custom.send(self.visitor.openid, message)

    def consented(self, gateway: Gateway, phone: Phone) -> tuple[str, dict[str, str]]:
        template = next(each for each in gateway.subscriptions.all() if each.term is Term.ONE_OFF)
        order = {"template_ids": [template.id], "answers": {template.id: "accept"}}
        self.platform.ask("POST", f"people/{phone.pid}/chats/{phone.app_id}/subscribe", order)
        return template.id, _example(template.content, template.example)

    def template(self, **more: object) -> None:
        template = self.gateway.templates.all()[0]
        data = _example(template.content, template.example)
        self.gateway.templates.send(TemplateSend(self.phone.openid, template.id, data, **more))  # type: ignore[arg-type]

    def published(self) -> str:
        publish_id = self.gateway.publishing.submit(self.draft())
        return self.gateway.publishing.state(publish_id).article_id


def _example(content: str, example: str) -> dict[str, str]:
    keys = [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]
    return dict(zip(keys, (line.partition(":")[2] for line in example.splitlines()), strict=True))


@dataclass(frozen=True)
class Kind:
    """`seen` is what she sees in the bubble: words, or the test id of a card after `#`."""

    send: Callable[[Street], object]
    kind: str
    seen: tuple[str, ...]
    mini: bool = False


def _mass(content: Callable[[Street], mass.MassContent]) -> Callable[[Street], object]:
    return lambda street: street.gateway.mass.send_to_all(content(street), "kinds")


def _video_of_mass(street: Street) -> mass.MassContent:
    return street.gateway.mass.prepare_video(street.media("video"), "巡查录像", "巷口")


KINDS: dict[str, Kind] = {
    "text": Kind(lambda s: s.say(custom.CustomText("您好\n第二行")), "text", ("您好", "第二行")),
    "image": Kind(lambda s: s.say(custom.CustomImage(s.media("image"))), "image", ("#img",)),
    "voice": Kind(lambda s: s.say(custom.CustomVoice(s.media("voice"))), "voice", ("#card-voice",)),
    "video": Kind(
        lambda s: s.say(custom.CustomVideo(s.media("video"), s.media("image"), "巡查录像", "巷口")),
        "video",
        ("巡查录像",),
    ),
    "music": Kind(
        lambda s: s.say(custom.CustomMusic("社区广播", "今天的通知", "https://example.org/a.mp3", s.media("image"))),
        "music",
        ("#card-music", "社区广播", "今天的通知"),
    ),
    "news": Kind(
        lambda s: s.say(custom.CustomNews("端午活动", "包粽子", "https://example.org/1", "")),
        "news",
        ("#card-news", "端午活动", "包粽子"),
    ),
    "article": Kind(lambda s: s.say(custom.CustomArticle(s.published())), "news", ("#card-news", "停水通知")),
    "menu": Kind(
        lambda s: s.say(custom.CustomMenu("满意吗？", (("1", "满意"), ("2", "不满意")), "点一下")),
        "msgmenu",
        ("#card-msgmenu", "满意吗？", "不满意", "点一下"),
    ),
    "mini-program page": Kind(
        lambda s: s.say(custom.CustomMiniProgram("我的办件", MINIPROGRAM.app_id, "pages/a", s.media("image"))),
        "miniprogrampage",
        ("#card-miniprogram", "我的办件", "#img"),
    ),
    "template with a page": Kind(
        lambda s: s.template(url="https://example.org/n/1"),
        "template",
        ("#card-template", "活动报名结果通知", "包粽子迎端午"),
    ),
    "template with a mini-program": Kind(
        lambda s: s.template(page=TARGET), "template", ("#card-template", "进入小程序查看")
    ),
    "subscription notice": Kind(
        lambda s: s.gateway.subscriptions.send(NoticeSend(s.phone.openid, *s.consented(s.gateway, s.phone))),
        "subscribe",
        ("#card-subscribe", "活动名称"),
    ),
    "mass text": Kind(_mass(lambda s: mass.MassText("明天停水")), "text", ("明天停水", "群发")),
    "mass image": Kind(_mass(lambda s: mass.MassImages((s.media("image"),))), "image", ("#img", "群发")),
    "mass voice": Kind(_mass(lambda s: mass.MassVoice(s.media("voice"))), "voice", ("#card-voice", "群发")),
    "mass video": Kind(_mass(_video_of_mass), "video", ("巡查录像", "群发")),
    "mass articles": Kind(_mass(lambda s: mass.MassArticles(s.draft())), "news", ("停水通知", "群发")),
    "preview": Kind(
        lambda s: s.gateway.mass.preview(s.phone.openid, mass.MassText("先看看")), "text", ("先看看", "群发预览")
    ),
    "text of the mini-program": Kind(lambda s: s.say_in_mini(custom.CustomText("在的")), "text", ("在的",), mini=True),
    "image of the mini-program": Kind(
        lambda s: s.say_in_mini(custom.CustomImage(s.mini.media.upload("image", "a.jpg", _jpeg()))),
        "image",
        ("#img",),
        mini=True,
    ),
    "link of the mini-program": Kind(
        lambda s: s.say_in_mini(custom.CustomLink("办事指南", "居住证", "https://example.org/2", "")),
        "link",
        ("#card-link", "办事指南"),
        mini=True,
    ),
    "page of the mini-program": Kind(
        lambda s: s.say_in_mini(
            custom.CustomMiniProgram(
                "我的办件", MINIPROGRAM.app_id, "pages/a", s.mini.media.upload("image", "a.jpg", _jpeg())
            )
        ),
        "miniprogrampage",
        ("#card-miniprogram", "#img"),
        mini=True,
    ),
    "subscribe message": Kind(
        lambda s: s.mini.subscriptions.send(
            SubscribeSend(s.visitor.openid, *s.consented(s.mini, s.visitor), page="pages/a")
        ),
        "subscribe",
        ("#card-subscribe", "#service-notice", "服务通知"),
        mini=True,
    ),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Its pushes are confirmed by a server that says no more."""
    with canned() as backend:
        backend.body, backend.content_type = b"success", "text/plain"
        accounts = [account_row(each, backend.url) for each in (OFFICIAL, MINIPROGRAM)]
        with simulated(tmp_path_factory.mktemp("kinds"), accounts) as platform:
            yield platform


@pytest.fixture
def street(running: Platform) -> Iterator[Street]:
    running.start_again()
    running.settings(publish_seconds=0, result_seconds=0)
    gateway, mini = gateway_to(running.url), gateway_to(running.url, MINIPROGRAM)
    phone, visitor = running.phone(OFFICIAL.app_id), running.phone(MINIPROGRAM.app_id)
    phone.follow()
    phone.text("在吗")
    visitor.text("在吗")
    yield Street(running, gateway, mini, phone, visitor)
    gateway.sender.close()
    mini.sender.close()


@pytest.fixture
def page(browser: Browser, street: Street) -> Iterator[Page]:
    with opened(browser, street.platform.url) as page:
        yield page


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_message_is_seen_as_what_it_is(page: Page, street: Street, kind: Kind) -> None:
    if kind.mini:
        page.get_by_test_id(f"account-{MINIPROGRAM.app_id}").first.click()
    kind.send(street)
    bubble = page.locator(f'[data-testid="bubble"][data-by="account"][data-kind="{kind.kind}"]').last
    expect(bubble).to_be_visible()
    for sign in kind.seen:
        if sign == "#img":
            expect(bubble.locator("img:not(.avatar)").last).to_have_js_property("naturalWidth", 470)
        elif sign.startswith("#"):
            expect(bubble.get_by_test_id(sign[1:])).to_be_visible()
        else:
            expect(bubble).to_contain_text(sign)
    expect(page.locator(".bubble-unknown")).to_have_count(0)
