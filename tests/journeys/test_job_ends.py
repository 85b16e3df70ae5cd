"""What the platform tells later: how a message, a publication or a check ended, and what people decided about us.

Each is caused as it would be, comes over HTTP in safe mode when the platform is ready, and reaches the conversation
read and typed, in XML as in JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest

from backend.settings import AccountSettings
from backend.wechat.calls.drafts import Article
from backend.wechat.calls.mass import MassText
from backend.wechat.calls.security import CheckedMedia, CheckScene
from backend.wechat.calls.subscriptions import NoticeSend, SubscribeSend, Term
from backend.wechat.calls.templates import TemplateSend
from backend.wechat.gateway import Gateway
from backend.wechat.pushes import messages as m
from handlers import table
from handlers.table import Care, Route
from handlers.when import anything
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House, house_settings, prepare, served
from tests.simulated import Phone, Platform, account_row, free_port, simulated, wait_for

JPG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
Told = TypeVar("Told", bound=m.Inbound)


@dataclass
class Street:
    """One house, its two accounts and the same person at both; `heard` is what the conversation was given."""

    platform: Platform
    house: House
    official: AccountSettings
    mini: AccountSettings
    heard: list[m.Inbound]

    @property
    def gateway(self) -> Gateway:
        return self.house.runtime.gateway(self.official.app_id)

    @property
    def mini_gateway(self) -> Gateway:
        return self.house.runtime.gateway(self.mini.app_id)

    @property
    def follower(self) -> Phone:
        return self.platform.phone(self.official.app_id)

    @property
    def visitor(self) -> Phone:
        return self.platform.phone(self.mini.app_id)

    def ask(self, phone: Phone, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.platform.ask("POST", f"people/{phone.pid}/chats/{phone.app_id}/{verb}", body or {})

    def told(self, kind: type[Told]) -> Told:
        return wait_for(lambda: next((each for each in self.heard if isinstance(each, kind)), None))  # type: ignore


@pytest.fixture(scope="module", params=["xml", "json"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    port, form = free_port(), str(request.param)
    official, mini = replace(OFFICIAL, name=f"街道 {form}"), replace(MINIPROGRAM, name=f"街坊 {form}")
    rows = [account_row(each, f"http://127.0.0.1:{port}", "safe", form) for each in (official, mini)]
    heard: list[m.Inbound] = []
    with simulated(tmp_path_factory.mktemp("simulator"), rows) as platform:
        settings = house_settings(tmp_path_factory.mktemp("house"), platform)
        with served(prepare(settings), port) as house:
            yield Street(platform, house, official, mini, heard)


@pytest.fixture
def street(running: Street, monkeypatch: pytest.MonkeyPatch) -> Street:
    listener = Route(anything, lambda talk: running.heard.append(talk.message), care=Care.INSTANT, silent=True)
    monkeypatch.setattr(table, "TABLE", (listener,))
    running.platform.start_again()
    running.platform.settings(result_seconds=0.1, publish_seconds=0.1, media_verdict_seconds=0.1)
    running.follower.follow()
    running.heard.clear()
    return running


SAMPLES = {"thing": "停水", "time": "2026-06-01 09:00", "date": "2026年6月1日", "phrase": "已受理", "name": "陈秀兰"}


def _data(content: str) -> dict[str, str]:
    keys = [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]
    return {key: SAMPLES.get(key.rstrip("0123456789"), "1") for key in keys}


@pytest.mark.parametrize(("failures", "status"), [(0.0, "success"), (1.0, "failed:systemfailed")])
def test_the_end_of_a_template_message(street: Street, failures: float, status: str) -> None:
    street.platform.settings(template_failures=failures)
    template = street.gateway.templates.all()[0]
    sent = street.gateway.templates.send(TemplateSend(street.follower.openid, template.id, _data(template.content)))
    told = street.told(m.TemplateFinished)
    assert (told.message_id, told.status, told.openid) == (sent, status, street.follower.openid)


def test_the_end_of_a_mass_message(street: Street) -> None:
    job = street.gateway.mass.send_to_all(MassText("明天停水"), "job-ends")
    told = street.told(m.MassFinished)
    assert (told.message_id, told.status) == (job.msg_id, "sendsuccess")
    assert (told.total, told.filtered, told.sent, told.failed) == (1, 1, 1, 0)


def test_the_end_of_a_publication(street: Street) -> None:
    thumb = street.gateway.media.add("thumb", "a.jpg", JPG).media_id
    draft = street.gateway.drafts.add([Article("停水通知", "<p>明天停水</p>", thumb)])
    publish_id = street.gateway.publishing.submit(draft)
    told = street.told(m.PublishFinished)
    assert (told.publish_id, told.status) == (publish_id, 0)
    assert [article.title for article in street.gateway.publishing.article(told.article_id)] == ["停水通知"]


@pytest.mark.parametrize("verdict", ["pass", "review", "risky"])
def test_the_verdict_on_a_picture(street: Street, verdict: str) -> None:
    street.platform.settings(media_verdict=verdict)
    street.mini_gateway.logins.exchange(street.ask(street.visitor, "login")["code"])
    check = street.mini_gateway.security
    trace = check.check_media(street.visitor.openid, "http://127.0.0.1/a.jpg", CheckedMedia.IMAGE, CheckScene.FORUM)
    told = street.told(m.MediaChecked)
    assert (told.trace_id, told.error_code, told.suggest) == (trace, 0, verdict)


def test_what_somebody_answered_in_the_pop_up_and_what_became_of_the_message(street: Street) -> None:
    gateway, visitor = street.mini_gateway, street.visitor
    template, refused = [each for each in gateway.subscriptions.all() if each.term is Term.ONE_OFF][:2]
    answers = {template.id: "accept", refused.id: "reject"}
    street.ask(visitor, "subscribe", {"template_ids": list(answers), "answers": answers})
    popup = street.told(m.SubscribePopup)
    assert {choice.template_id: choice.status for choice in popup.choices} == answers
    gateway.subscriptions.send(SubscribeSend(visitor.openid, template.id, _data(template.content)))
    [result] = street.told(m.SubscribeSent).results
    assert (result.template_id, result.error_code, bool(result.message_id)) == (template.id, 0, True)


def test_what_became_of_a_notice_of_the_service_account(street: Street) -> None:
    gateway, follower = street.gateway, street.follower
    template = gateway.subscriptions.all()[0]
    street.ask(follower, "subscribe", {"template_ids": [template.id], "answers": {template.id: "accept"}})
    gateway.subscriptions.send(NoticeSend(follower.openid, template.id, _data(template.content)))
    told = street.told(m.SubscribeSent)
    assert (told.openid, told.results[0].template_id) == (follower.openid, template.id)


def test_that_somebody_switched_a_template_off(street: Street) -> None:
    template = next(each for each in street.mini_gateway.subscriptions.all() if each.term is Term.ONE_OFF)
    order = {"template_ids": [template.id], "answers": {template.id: "accept"}, "keep": True}
    street.ask(street.visitor, "subscribe", order)
    street.ask(street.visitor, "subscriptions", {"template_id": template.id, "on": False})
    [choice] = street.told(m.SubscribeChange).choices
    assert (choice.template_id, choice.status) == (template.id, "reject")


@pytest.mark.parametrize(
    ("event", "change", "info", "revoked"),
    [
        ("user_authorization_revoke", "revoked", "8,13", (8, 13)),
        ("user_info_modified", "modified", "", ()),
        ("user_authorization_cancellation", "cancelled", "", ()),
    ],
)
def test_what_somebody_takes_back_from_us(
    street: Street, event: str, change: str, info: str, revoked: tuple[int, ...]
) -> None:
    street.ask(street.visitor, "authorization", {"event": event, "revoke_info": info})
    told = street.told(m.AuthorizationChange)
    assert (told.openid, told.change, told.revoked) == (street.visitor.openid, change, revoked)
