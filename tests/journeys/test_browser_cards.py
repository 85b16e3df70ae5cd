"""What arrives on the phone page besides texts, and what a person does there: notices, consents, mini-programs, faults.

Everything is sent through the platform's real interfaces; the backend is not needed, so none runs.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import urllib3
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import SCREENSHOTS, browser, needs_browser, opened
from tests.simulated import Platform, simulated, wait_for

OFFICIAL, MINI = "wx1111111111111111", "wx2222222222222222"
SECRET = "0123456789abcdef0123456789abcdef"

__all__ = ["browser"]
pytestmark = needs_browser


def _row(kind: str, app_id: str, name: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "app_id": app_id,
        "app_secret": SECRET,
        "token": "tokenOfOurs",
        "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "original_id": f"gh_{app_id[-12:]}",
        "name": name,
        "push_url": "http://127.0.0.1:9/wechat",
    }


class Backend:
    """The account's server, as far as the platform sees it: it calls interfaces."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._http = urllib3.PoolManager(retries=False)

    def call(self, path: str, body: dict[str, Any], app_id: str = OFFICIAL) -> dict[str, Any]:
        answer = self._http.request("POST", f"{self.platform.url}{path}?access_token={self.token(app_id)}", json=body)
        data = answer.json()
        assert isinstance(data, dict)
        assert data.get("errcode", 0) == 0, data
        return data

    def token(self, app_id: str) -> str:
        body = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET}
        answer = self._http.request("POST", f"{self.platform.url}/cgi-bin/stable_token", json=body)
        return str(answer.json()["access_token"])

    def picture(self) -> str:
        drawn = BytesIO()
        Image.new("RGB", (470, 200), "#4a9d6b").save(drawn, "JPEG")
        address = f"{self.platform.url}/cgi-bin/material/add_material?access_token={self.token(OFFICIAL)}&type=image"
        answer = self._http.request("POST", address, fields={"media": ("a.jpg", drawn.getvalue(), "image/jpeg")})
        return str(answer.json()["media_id"])

    def templates(self, app_id: str) -> list[dict[str, Any]]:
        """The subscription templates of the beginning, with their keywords filled."""
        path = f"{self.platform.url}/wxaapi/newtmpl/gettemplate?access_token={self.token(app_id)}"
        rows: list[dict[str, Any]] = self._http.request("GET", path).json()["data"]
        return rows

    def send(self, touser: str, msgtype: str, content: dict[str, Any]) -> None:
        self.call("/cgi-bin/message/custom/send", {"touser": touser, "msgtype": msgtype, msgtype: content})


def values(template: dict[str, Any]) -> dict[str, Any]:
    """Data that fits the keywords of a template: its own example."""
    names = [part.split(".DATA")[0] for part in str(template["content"]).split("{{")[1:]]
    texts = [line.partition(":")[2] for line in str(template["example"]).splitlines()]
    return {name: {"value": text} for name, text in zip(names, texts, strict=True)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    accounts = [_row("official", OFFICIAL, "春风街道"), _row("miniprogram", MINI, "春风邻里")]
    with simulated(tmp_path_factory.mktemp("cards"), accounts) as platform:
        yield platform


@pytest.fixture
def backend(running: Platform) -> Backend:
    running.start_again()
    running.settings(push_timeout=0.1, result_seconds=0)
    return Backend(running)


@pytest.fixture
def page(browser: Browser, backend: Backend) -> Iterator[Page]:
    with opened(browser, backend.platform.url) as page:
        page.get_by_test_id("hint-close").click()
        yield page


@pytest.fixture
def follower(page: Page, backend: Backend) -> str:
    page.get_by_test_id("follow").click()
    expect(page.get_by_test_id("message-input")).to_be_visible()
    phone = backend.platform.phone(OFFICIAL)
    backend.platform.ask("POST", f"people/p1/chats/{OFFICIAL}/text", {"content": "在吗"})  # opens the window
    return phone.openid


def shot(page: Page, name: str) -> None:
    """Light, dark and small, when somebody wants to look."""
    if not SCREENSHOTS:
        return
    for look in ("light", "dark"):
        page.emulate_media(color_scheme="light" if look == "light" else "dark")
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{look}.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=Path(SCREENSHOTS) / f"{name}-small.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})


def bubble(page: Page, kind: str) -> Locator:
    return page.locator(f'[data-testid="bubble"][data-by="account"][data-kind="{kind}"]').last


def switch_to_mini(page: Page) -> None:
    page.get_by_test_id(f"account-{MINI}").first.click()
    expect(page.get_by_test_id("chat-title")).to_have_text("春风邻里")


def open_panel(page: Page, name: str) -> None:
    page.get_by_test_id("plus").click()
    page.get_by_test_id(f"panel-{name}").click()


def more(page: Page, name: str) -> None:
    page.get_by_test_id("chat-more").click()
    page.get_by_test_id(name).click()


def consent(page: Page, *places: int) -> None:
    """Asks for these of the account's templates; the pop-up is then open, or the answer was silent."""
    open_panel(page, "subscribe")
    for place in places:
        page.get_by_test_id(f"subscribe-choose-{place}").check()
    page.get_by_test_id("subscribe-open").click()


def test_a_template_message_is_a_card_with_rows_that_leads_on(page: Page, backend: Backend, follower: str) -> None:
    path = f"{backend.platform.url}/cgi-bin/template/get_all_private_template?access_token={backend.token(OFFICIAL)}"
    first, second = urllib3.request("GET", path).json()["template_list"][:2]
    whole = {"touser": follower, "template_id": first["template_id"], "data": values(first)}
    backend.call("/cgi-bin/message/template/send", whole | {"url": "https://example.com/result"})
    card = bubble(page, "template").get_by_test_id("card-template")
    expect(card).to_contain_text("活动报名结果通知")
    expect(card.locator("dt").first).to_have_text("活动名称")
    expect(card.locator("dd").first).to_have_text("包粽子迎端午")
    card.get_by_test_id("notice-open").click()
    expect(page.get_by_test_id("open-address")).to_have_text("https://example.com/result")
    page.get_by_test_id("sheet-close").click()
    target = {"appid": MINI, "pagepath": "pages/case/index?id=7"}
    other = {"touser": follower, "template_id": second["template_id"], "data": values(second), "miniprogram": target}
    backend.call("/cgi-bin/message/template/send", other)
    expect(bubble(page, "template")).to_contain_text("事项办理进度提醒")
    shot(page, "template")
    bubble(page, "template").get_by_test_id("notice-mini").click()
    expect(page.get_by_test_id("mini-facts")).to_contain_text("pages/case/index")
    expect(page.get_by_test_id("mini-facts")).to_contain_text("id=7")
    page.get_by_test_id("mini-back").click()
    fits(page)


def test_all_kinds_of_messages_of_the_account_are_drawn(page: Page, backend: Backend, follower: str) -> None:
    picture = backend.picture()
    thumb = {"thumb_media_id": picture, "title": "我的办件", "pagepath": "pages/mine/index", "appid": MINI}
    backend.send(follower, "miniprogrampage", thumb)
    choice = {
        "head_content": "您对这次服务满意吗？",
        "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
    }
    backend.send(follower, "msgmenu", choice)
    music = {"title": "社区广播", "description": "今天的通知", "musicurl": "https://example.com/a.mp3"}
    backend.send(follower, "music", music | {"thumb_media_id": picture})
    article = {"title": "端午活动开始报名", "description": "包粽子、做香囊，街坊一起来", "url": "https://example.com/1"}
    backend.send(follower, "news", {"articles": [article | {"picurl": ""}]})
    for kind, card in (
        ("miniprogrampage", "miniprogram"),
        ("msgmenu", "msgmenu"),
        ("music", "music"),
        ("news", "news"),
    ):
        expect(bubble(page, kind).get_by_test_id(f"card-{card}")).to_be_visible()
    expect(page.locator(".bubble-unknown")).to_have_count(0)
    shot(page, "kinds")
    page.get_by_test_id("msgmenu-1").click()
    expect(page.locator('[data-testid="bubble"][data-by="person"][data-kind="text"]').last).to_contain_text("满意")


def test_articles_of_a_mass_message_show_pictures_and_are_marked(page: Page, backend: Backend, follower: str) -> None:
    picture = backend.picture()
    titles = ("端午活动开始报名", "下周三停水，请提前储水", "老人助餐点增加到六处")
    articles = [
        {"title": title, "content": "<p>正文</p>", "digest": "摘要", "thumb_media_id": picture} for title in titles
    ]
    draft = backend.call("/cgi-bin/draft/add", {"articles": articles})["media_id"]
    body = {"filter": {"is_to_all": True}, "mpnews": {"media_id": draft}, "msgtype": "mpnews", "send_ignore_reprint": 0}
    backend.call("/cgi-bin/message/mass/sendall", body)
    row = bubble(page, "news")
    expect(row.get_by_test_id("card-news")).to_contain_text("下周三停水")
    expect(row).to_have_attribute("data-mass", "1")
    expect(row.locator("img")).to_have_count(3)
    shot(page, "mass")
    row.locator(".article").first.click()
    expect(page.get_by_test_id("open-address")).to_contain_text("/s/")


def test_the_subscription_pop_up_is_answered_and_spent(page: Page, backend: Backend) -> None:
    switch_to_mini(page)
    consent(page, 0, 1)
    popup = page.get_by_test_id("subscribe-popup")
    expect(popup).to_contain_text("春风邻里 申请")
    shot(page, "popup")
    page.get_by_test_id("subscribe-item-1").uncheck()
    page.get_by_test_id("subscribe-accept").click()
    expect(page.get_by_test_id("toast").last).to_contain_text("已允许 1 个")
    template = backend.templates(MINI)[0]
    openid = backend.platform.phone(MINI).openid
    message = {
        "touser": openid,
        "template_id": template["priTmplId"],
        "data": values(template),
        "page": "pages/a/index",
    }
    backend.call("/cgi-bin/message/subscribe/send", message, MINI)
    card = bubble(page, "subscribe").get_by_test_id("card-subscribe")
    expect(card.get_by_test_id("service-notice")).to_contain_text("服务通知")
    expect(card).to_contain_text("活动名称")
    shot(page, "subscribe")
    card.get_by_test_id("notice-mini").click()
    expect(page.get_by_test_id("mini-facts")).to_contain_text("pages/a/index")


def test_a_kept_choice_is_not_asked_for_again(page: Page) -> None:
    switch_to_mini(page)
    consent(page, 0)
    page.get_by_test_id("subscribe-keep").check()
    page.get_by_test_id("subscribe-reject").click()
    expect(page.get_by_test_id("toast").last).to_contain_text("已拒绝 1 个")
    consent(page, 0)
    expect(page.get_by_test_id("toast").last).to_contain_text("没有弹窗")
    expect(page.get_by_test_id("subscribe-popup")).to_have_count(0)


def test_a_subscription_is_switched_off_in_the_settings(page: Page) -> None:
    switch_to_mini(page)
    consent(page, 0)
    page.get_by_test_id("subscribe-accept").click()
    more(page, "subscriptions")
    row = page.get_by_test_id("subscription-0")
    expect(row).to_contain_text("还可发 1 条")
    shot(page, "subscriptions")
    row.click()
    expect(page.get_by_test_id("subscription-0")).to_contain_text("已关闭接收")
    expect(page.get_by_test_id("subscription-0")).to_have_attribute("aria-checked", "false")


def test_a_mini_program_code_opens_its_screen_with_codes_to_copy(page: Page, backend: Backend, follower: str) -> None:
    assert follower
    address = f"{backend.platform.url}/wxa/getwxacodeunlimit?access_token={backend.token(MINI)}"
    body = {"scene": "issue=12", "page": "pages/issue/index", "check_path": False}
    assert urllib3.request("POST", address, json=body).headers["Content-Type"].startswith("image/")
    wait_for(lambda: backend.platform.ask("GET", "state")["mini_codes"])
    page.reload()
    open_panel(page, "scan")
    shot(page, "scan")
    page.locator('[data-testid^="mini-code-"]').first.click()
    expect(page.get_by_test_id("mini-name")).to_have_text("春风邻里")
    expect(page.get_by_test_id("mini-facts")).to_contain_text("pages/issue/index")
    expect(page.get_by_test_id("mini-facts")).to_contain_text("12")
    page.get_by_test_id("mini-login").click()
    login = page.get_by_test_id("mini-code").inner_text()
    query = f"appid={MINI}&secret={SECRET}&js_code={login}&grant_type=authorization_code"
    session = urllib3.request("GET", f"{backend.platform.url}/sns/jscode2session?{query}").json()
    assert session["openid"] == backend.platform.phone(MINI).openid
    page.get_by_test_id("mini-phone").click()
    expect(page.get_by_test_id("mini-code")).not_to_have_text(login)
    code = page.get_by_test_id("mini-code").inner_text()
    number = backend.call("/wxa/business/getuserphonenumber", {"code": code}, MINI)
    assert number["phone_info"]["purePhoneNumber"] == "19900000001"
    shot(page, "mini")
    fits(page)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("mini-screen")).to_have_count(0)


def test_she_blocks_the_account_and_takes_an_authorisation_back(page: Page, follower: str) -> None:
    assert follower
    more(page, "block")
    expect(page.locator(".header-title small")).to_contain_text("已屏蔽消息")
    page.get_by_test_id("chat-more").click()
    expect(page.get_by_test_id("block")).to_contain_text("恢复接收消息")
    shot(page, "more")
    page.get_by_test_id("authorization").click()
    page.get_by_test_id("authorization-revoke").click()
    page.get_by_test_id("revoke-205").click()
    expect(page.get_by_test_id("messages")).to_contain_text("撤回了授权")


def test_a_fault_is_set_and_mended_from_the_page(page: Page, backend: Backend, follower: str) -> None:
    page.get_by_test_id("faults").click()
    shot(page, "faults")
    page.get_by_test_id("fault-answer_lost").click()
    expect(page.get_by_test_id("fault-answer_lost")).to_have_attribute("aria-checked", "true")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        backend.send(follower, "text", {"content": "这句送到了"})
    page.get_by_test_id("faults-close").click()
    expect(bubble(page, "text")).to_contain_text("这句送到了")
    page.get_by_test_id("faults").click()
    page.get_by_test_id("faults-clear").click()
    expect(page.get_by_test_id("fault-answer_lost")).to_have_attribute("aria-checked", "false")
    page.get_by_test_id("fault-more").click()
    page.get_by_test_id("fault-path").fill("push")
    page.get_by_test_id("fault-kind").select_option("delay")
    page.get_by_test_id("fault-times").fill("2")
    shot(page, "fault-form")
    page.get_by_test_id("fault-add").click()
    expect(page.locator(".fault-group-other")).to_contain_text("推送晚到")
    (fault,) = backend.platform.ask("GET", "faults")["items"]
    assert (fault["path"], fault["fault"], fault["times"], fault["seconds"]) == ("push", "delay", 2, 3.0)


def test_a_scene_is_chosen_and_a_new_start_ends_it(page: Page, backend: Backend) -> None:
    page.get_by_test_id("scenes").click()
    page.get_by_test_id("scene-busy-day").click()
    expect(page.get_by_test_id("scene-busy-day")).to_have_attribute("aria-pressed", "true")
    shot(page, "scenes")
    page.get_by_test_id("scenes-close").click()
    expect(page.get_by_test_id("scenes")).to_contain_text("忙碌的一天")
    expect(page.get_by_test_id("traffic-entry").first).to_be_visible()
    page.get_by_test_id("reset").click()
    page.get_by_test_id("reset-confirm").click()
    expect(page.get_by_test_id("scenes")).to_have_text("场景")
    assert backend.platform.ask("GET", "scenes")["playing"] == ""


def test_a_setting_is_changed_from_the_page(page: Page, backend: Backend) -> None:
    page.get_by_test_id("settings").click()
    shot(page, "settings")
    page.get_by_test_id("setting-media_verdict").select_option("risky")
    expect(page.get_by_test_id("toast").last).to_have_text("已保存")
    page.get_by_test_id("setting-subscribe_banned").check()
    wait_for(lambda: backend.platform.ask("GET", "settings")["subscribe_banned"])
    page.get_by_test_id("setting-push_timeout").fill("0")
    page.get_by_test_id("setting-push_timeout").press("Tab")
    expect(page.get_by_test_id("toast").last).to_contain_text("push_timeout 应在")
    settings = backend.platform.ask("GET", "settings")
    assert (settings["media_verdict"], settings["push_timeout"]) == ("risky", 0.1)
    backend.platform.settings(media_verdict="pass", subscribe_banned=False)
