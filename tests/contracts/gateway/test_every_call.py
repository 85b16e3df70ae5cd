"""Each call of the gateway once, on its good path, against the simulated platform.

`Given` is what the calls need to be there; each line tells the call and what must be true of its answer.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from backend.wechat.calls import custom, mass, oauth, subscriptions, templates, wxacodes
from backend.wechat.calls.drafts import Article
from backend.wechat.calls.menus import Button, Match
from backend.wechat.calls.security import CheckedMedia, CheckScene, Suggestion
from backend.wechat.gateway import Gateway
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform

JPG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(64)
AMR = b"#!AMR\n" + bytes(64)
BUTTONS = (Button("帮助", "click", "help"),)
numbers = itertools.count(1)
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
    "const": "",
}


@dataclass
class Given:
    platform: Platform
    phone: Phone  # follows the official account and has just written
    visitor: Phone  # the same person at the mini-program
    gateway: Gateway
    mini: Gateway

    @property
    def openid(self) -> str:
        return self.phone.openid

    def ask(self, phone: Phone, verb: str, body: dict[str, Any] | None = None) -> Any:
        return self.platform.ask("POST", f"people/{phone.pid}/chats/{phone.app_id}/{verb}", body or {})

    def thumb(self) -> str:
        return self.gateway.media.add("thumb", "a.jpg", JPG).media_id

    def draft(self) -> str:
        return self.gateway.drafts.add([Article("停水通知", "<p>明天停水</p>", self.thumb(), digest="明天")])

    def published(self) -> str:
        self.platform.settings(publish_seconds=0)
        publish_id = self.gateway.publishing.submit(self.draft())
        return self.gateway.publishing.state(publish_id).article_id

    def visitor_by_oauth(self, scope: oauth.Scope = oauth.Scope.PROFILE) -> oauth.Visitor:
        address = self.gateway.oauth.address("http://127.0.0.1/back", "s1", scope)
        return self.gateway.oauth.exchange(self.platform.consent(address, "p1"))

    def session(self) -> Any:
        return self.mini.logins.exchange(self.ask(self.visitor, "login")["code"])

    def tag(self) -> int:
        return self.gateway.tags.create(f"志愿者{next(numbers)}").id

    def template(self) -> templates.Template:
        return self.gateway.templates.all()[0]

    def subscription(self) -> subscriptions.SubscriptionTemplate:
        """A one-off template of the mini-program with one consent."""
        template = next(each for each in self.mini.subscriptions.all() if each.term is subscriptions.Term.ONE_OFF)
        self.ask(self.visitor, "subscribe", {"template_ids": [template.id], "answers": {template.id: "accept"}})
        return template


def data_for(content: str) -> dict[str, str]:
    keys = [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]
    return {key: SAMPLES.get(key.rstrip("0123456789"), "1") for key in keys}


@pytest.fixture
def given(platform: Platform, phone: Phone) -> Iterator[Given]:
    gateway, mini = gateway_to(platform.url), gateway_to(platform.url, MINIPROGRAM)
    visitor = platform.phone(MINIPROGRAM.app_id)
    yield Given(platform, phone, visitor, gateway, mini)
    gateway.sender.close()
    mini.sender.close()


def _send_notice(given: Given) -> None:
    template = given.gateway.subscriptions.all()[0]
    given.ask(given.phone, "subscribe", {"template_ids": [template.id], "answers": {template.id: "accept"}})
    given.gateway.subscriptions.send(subscriptions.NoticeSend(given.openid, template.id, data_for(template.content)))
    assert given.phone.wait_for("subscribe")


def _send_subscribe(given: Given) -> None:
    template = given.subscription()
    message = subscriptions.SubscribeSend(given.visitor.openid, template.id, data_for(template.content))
    given.mini.subscriptions.send(message)
    assert given.visitor.wait_for("subscribe")


def _send_template(given: Given) -> None:
    template = given.template()
    assert given.gateway.templates.send(templates.TemplateSend(given.openid, template.id, data_for(template.content)))
    assert given.phone.wait_for("template")


def _add_template(given: Given) -> None:
    assert given.mini.subscriptions.categories()
    titles = given.mini.subscriptions.library([each.id for each in given.mini.subscriptions.categories()])
    keywords = given.mini.subscriptions.keywords(titles[-1].id)
    added = given.mini.subscriptions.add(titles[-1].id, [each.id for each in keywords[:2]], "通知")
    assert added in [each.id for each in given.mini.subscriptions.all()]
    given.mini.subscriptions.remove(added)
    assert added not in [each.id for each in given.mini.subscriptions.all()]


def _mass(given: Given) -> None:
    key = f"m{next(numbers)}"
    job = given.gateway.mass.send_to_all(mass.MassText("全体通知"), key)
    again = given.gateway.mass.send_to_all(mass.MassText("全体通知"), key)
    assert (again.msg_id, job.known, again.known) == (job.msg_id, False, True)
    assert given.gateway.mass.state(job.msg_id) in mass.MassState


def _tags(given: Given) -> None:
    tag, tags = given.tag(), given.gateway.tags
    tags.tag(tag, [given.openid])
    assert tags.of(given.openid) == (tag,)
    assert list(tags.members(tag)) == [[given.openid]]
    tags.rename(tag, f"巷长{tag}")
    assert f"巷长{tag}" in [each.name for each in tags.all()]
    tags.untag(tag, [given.openid])
    assert tags.of(given.openid) == ()
    tags.remove(tag)
    assert tag not in [each.id for each in tags.all()]


def _blacklist(given: Given) -> None:
    given.gateway.users.block([given.openid])
    assert list(given.gateway.users.blacklist()) == [[given.openid]]
    given.gateway.users.unblock([given.openid])
    assert list(given.gateway.users.blacklist()) == []


def _conditional(given: Given) -> None:
    tag, other = given.tag(), (Button("志愿", "click", "help"),)
    given.gateway.menus.push(BUTTONS)
    given.gateway.tags.tag(tag, [given.openid])
    menu = given.gateway.menus.add_conditional(other, Match(tag_id=tag))
    assert given.gateway.menus.seen_by(given.openid) == other
    assert [(each.id, each.match.tag_id) for each in given.gateway.menus.conditional()] == [(menu, tag)]
    given.gateway.menus.remove_conditional(menu)
    assert given.gateway.menus.seen_by(given.openid) == BUTTONS


def _materials(given: Given) -> None:
    media = given.gateway.media
    added = media.add("image", "a.jpg", JPG)
    assert media.material(added.media_id).content == JPG
    assert added.media_id in [each.media_id for each in media.materials("image")]
    assert media.counts().images >= 1
    media.remove(added.media_id)
    assert added.media_id not in [each.media_id for each in media.materials("image")]
    assert media.upload_for_article("a.jpg", JPG).startswith("http")


def _videos(given: Given) -> None:
    media = given.gateway.media
    media_id = media.upload("video", "a.mp4", MP4)
    assert media.video_url(media_id).startswith("http")
    assert given.gateway.mass.prepare_video(media_id, "片", "说明").media_id
    assert media.material_video_url(media.add("video", "a.mp4", MP4, "片").media_id).startswith("http")


def _drafts(given: Given) -> None:
    drafts, before = given.gateway.drafts, given.gateway.drafts.count()
    media_id = given.draft()
    [article] = drafts.get(media_id)
    assert (article.title, article.content) == ("停水通知", "<p>明天停水</p>")
    drafts.update(media_id, 0, Article("改了", "<p>好</p>", given.thumb()))
    assert [each.title for each in drafts.get(media_id)] == ["改了"]
    assert (drafts.count(), media_id in [each.media_id for each in drafts.page()]) == (before + 1, True)
    drafts.remove(media_id)
    assert drafts.count() == before


def _publishing(given: Given) -> None:
    article_id = given.published()
    assert [each.title for each in given.gateway.publishing.article(article_id)] == ["停水通知"]
    assert article_id in [each.article_id for each in given.gateway.publishing.page()]
    given.gateway.custom.send(given.openid, custom.CustomArticle(article_id))
    given.gateway.publishing.remove(article_id)


def _oauth(given: Given) -> None:
    visitor = given.visitor_by_oauth()
    assert visitor.openid == given.openid
    assert given.gateway.oauth.is_valid(visitor)
    assert given.gateway.oauth.profile(visitor).nickname
    assert given.gateway.oauth.refresh(visitor.refresh_token).openid == visitor.openid


def _snapshot(given: Given) -> None:
    address = given.gateway.oauth.address("http://127.0.0.1/back", "s1")
    with pytest.raises(oauth.SnapshotVisitor):
        given.gateway.oauth.exchange(given.platform.consent(address, "p1", snapshot="1"))


def _ticket(given: Given) -> None:
    assert given.gateway.tickets.ticket() == given.gateway.tickets.ticket()
    signed = given.gateway.tickets.sign("http://127.0.0.1/page?x=1#top")
    assert (signed.app_id, len(signed.signature)) == (OFFICIAL.app_id, 40)
    assert len(given.platform.calls("/cgi-bin/ticket/getticket")) == 1


def _session(given: Given) -> None:
    login, logins = given.session(), given.mini.logins
    assert login.openid == given.visitor.openid
    assert logins.is_valid(login.openid, login.session_key)
    renewed = logins.renew(login.openid, login.session_key)
    assert logins.is_valid(login.openid, renewed.session_key)
    assert not logins.is_valid(login.openid, login.session_key)
    assert not logins.is_genuine("bm90aGluZw==")


def _phone_number(given: Given) -> None:
    number = given.mini.logins.phone_number(given.ask(given.visitor, "phone-number")["code"])
    assert (len(number.number), number.country_code) == (11, "86")


def _codes(given: Given) -> None:
    made = [given.mini.codes.for_scene("p=1"), given.mini.codes.for_path("pages/a"), given.mini.codes.square("pages/a")]
    assert {each.content[:3] for each in made} == {b"\xff\xd8\xff"}
    look = wxacodes.CodeLook(width=280, colour=(200, 0, 0), transparent=True)
    assert given.mini.codes.for_scene("p=1", look=look).content.startswith(b"\x89PNG")


def _links(given: Given) -> None:
    links = given.mini.links
    until = links.url_until(clock.now() + timedelta(days=1), "pages/a")
    opened = [given.ask(given.visitor, "scan", {"text": each}) for each in (links.url("pages/a", "x=1"), until)]
    assert [each["open_miniprogram"]["page"] for each in opened] == ["pages/a"] * 2
    assert links.scheme("pages/a").startswith("weixin://")


def _security(given: Given) -> None:
    given.session()
    check, openid = given.mini.security, given.visitor.openid
    assert check.check_text(openid, "路灯坏了", CheckScene.FORUM).suggestion is Suggestion.PASS
    assert check.check_text(openid, "违规广告样例", CheckScene.FORUM).suggestion is Suggestion.RISKY
    assert check.check_media(openid, "http://127.0.0.1/a.jpg", CheckedMedia.IMAGE, CheckScene.FORUM)
    assert check.risk_rank(openid, 0, "127.0.0.1") in range(5)


def _quotas(given: Given) -> None:
    quotas, path = given.gateway.quotas, "/cgi-bin/message/custom/send"
    given.gateway.custom.send(given.openid, custom.CustomText("您好"))
    before = quotas.of(path)
    assert (before.used + before.left, before.used > 0) == (before.daily, True)
    quotas.clear(path)
    assert quotas.of(path).used == 0
    quotas.clear_all()
    quotas.clear_all_by_secret()
    assert quotas.callback_addresses()
    assert quotas.interface_addresses()
    assert quotas.check_callback().addresses


GOOD: tuple[Callable[[Given], None], ...] = (
    _send_notice,
    _send_subscribe,
    _send_template,
    _add_template,
    _mass,
    _tags,
    _blacklist,
    _conditional,
    _materials,
    _videos,
    _drafts,
    _publishing,
    _oauth,
    _snapshot,
    _ticket,
    _session,
    _phone_number,
    _codes,
    _links,
    _security,
    _quotas,
)


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.__name__.strip("_"))
def test_the_platform_does_what_is_asked(given: Given, good: Callable[[Given], None]) -> None:
    good(given)
