"""What the gateway sends arrives at the phone as it was meant, in every kind the platform has."""

from typing import Any

import pytest

from backend.wechat.calls import mass, templates
from backend.wechat.calls.mass import MassJob, MassState, MassText
from tests.contracts.gateway.everything import CALLS
from tests.contracts.gateway.given import JPG, Given, thing_of
from tests.contracts.gateway.lines_of_sending import send_one
from tests.contracts.gateway.mistakes_in_mass import two
from tests.served import MINIPROGRAM
from tests.simulated import Phone, wait_for

PAGE = {"kind": "miniprogrampage", "title": "报修", "appid": MINIPROGRAM.app_id, "pagepath": "pages/a"}
ARRIVES: dict[str, dict[str, Any]] = {
    "text": {"kind": "text", "content": "您好"},
    "image": {"kind": "image"},
    "voice": {"kind": "voice"},
    "video": {"kind": "video", "title": "片", "description": "说明"},
    "music": {"kind": "music", "title": "歌", "description": "说明", "url": "https://example.org/a.mp3"},
    "news": {"kind": "news"},
    "article": {"kind": "news"},
    "menu": {"kind": "msgmenu", "head": "满意吗？", "tail": "谢谢"},
    "mini-program page": PAGE,
    "mini-program's text": {"kind": "text", "content": "您好"},
    "mini-program's image": {"kind": "image"},
    "mini-program's page": PAGE,
    "mini-program's link": {
        "kind": "link",
        "title": "停水通知",
        "description": "明天",
        "url": "https://example.org/n",
        "thumb_url": "https://example.org/p",
    },
}


def test_every_kind_of_customer_service_message_is_looked_at_here() -> None:
    assert {f"custom.send {kind}" for kind in ARRIVES} == {name for name in CALLS if name.startswith("custom.send ")}


@pytest.mark.parametrize("kind", ARRIVES)
def test_each_kind_of_customer_service_message_arrives_as_that_kind(given: Given, kind: str) -> None:
    line = CALLS[f"custom.send {kind}"]
    line.call(given, line.prepare(given))
    message = (given.visitor if kind.startswith("mini-program's") else given.phone).messages()[-1]
    assert message["by"] == "account"
    assert {name: message[name] for name in ARRIVES[kind]} == ARRIVES[kind]


def test_a_published_article_arrives_with_its_title(given: Given) -> None:
    line = CALLS["custom.send article"]
    line.call(given, line.prepare(given))
    [article] = given.phone.messages()[-1]["articles"]
    assert (article["title"], article["digest"]) == ("停水通知", "明天")


def test_a_batch_of_one_arrives_as_a_single_message_does(given: Given) -> None:
    line = CALLS["sender.send_many"]
    send_one(given, line.prepare(given))
    assert given.phone.messages()[-1]["content"] == "您好"


def test_typing_is_shown_until_it_is_cancelled(given: Given) -> None:
    given.gateway.custom.typing(given.openid)
    assert given.phone.chat()["typing"] is True
    given.gateway.custom.typing(given.openid, on=False)
    assert given.phone.chat()["typing"] is False


def test_typing_ends_by_itself_after_a_quarter_of_a_minute(given: Given) -> None:
    given.gateway.custom.typing(given.openid)
    given.platform.advance(16)
    assert given.phone.chat()["typing"] is False


def test_a_mini_program_types_too(given: Given) -> None:
    given.ask(given.visitor, "enter")
    given.mini.custom.typing(given.visitor.openid)
    assert given.visitor.chat()["typing"] is True


def test_a_template_message_carries_its_fields_its_page_and_its_address(given: Given) -> None:
    page = templates.Page(MINIPROGRAM.app_id, "pages/a?x=1")
    assert given.gateway.templates.send(given.template_send(page=page, url="https://example.org/n"))
    card = given.phone.wait_for("template")
    assert (card["url"], card["miniprogram"]["pagepath"]) == ("https://example.org/n", "pages/a?x=1")
    assert "包粽子" in [row["value"] for row in card["rows"]]


def test_a_template_message_with_the_same_key_is_delivered_once(given: Given) -> None:
    message = given.template_send(key=given.key())
    msgids = {given.gateway.templates.send(message) for _ in range(2)}
    assert len(msgids) == 1
    assert [each["kind"] for each in given.phone.messages()].count("template") == 1


def test_a_template_message_that_was_held_back_is_listed_and_not_shown(given: Given) -> None:
    message = given.template_send()
    data = {**message.data, thing_of(message.data): "拦截词"}
    msgid = given.gateway.templates.send(given.template_send(data=data))
    [blocked] = given.gateway.templates.blocked(msgid)
    assert (blocked.openid, "拦截词" in blocked.content) == (given.openid, True)
    assert given.gateway.templates.blocked(msgid, after=blocked.id) == []
    assert "template" not in [each["kind"] for each in given.phone.messages()]


def test_a_template_is_added_with_its_keywords_in_order_and_removed(given: Given) -> None:
    added = given.gateway.templates.add("30101", ["活动时间", "活动名称"])
    [template] = [each for each in given.gateway.templates.all() if each.id == added]
    assert template.content.index("活动时间") < template.content.index("活动名称")
    given.gateway.templates.remove(added)
    assert added not in [each.id for each in given.gateway.templates.all()]


def test_the_industry_is_what_it_was_set_to(given: Given) -> None:
    given.next_season()
    given.gateway.templates.set_industry(1, 21)
    told = given.gateway.templates.industry()
    assert (told.first, told.second) == ("IT科技/互联网/电子商务", "政府与公共事业/公共事业|非盈利机构")


def test_a_notice_carries_its_page_of_a_mini_program(given: Given) -> None:
    given.gateway.subscriptions.send(given.notice_send(mini_page=templates.Page(MINIPROGRAM.app_id, "pages/a")))
    assert given.phone.wait_for("subscribe")["miniprogram"]["pagepath"] == "pages/a"


def test_a_subscription_message_opens_its_page_and_tells_a_msgid(given: Given) -> None:
    assert given.mini.subscriptions.send(given.subscribe_send(page="pages/a?x=1"))
    assert given.visitor.wait_for("subscribe")["page"] == "pages/a?x=1"


def test_a_mass_message_to_a_list_reaches_the_list(given: Given) -> None:
    stranger = given.stranger()
    stranger.follow()
    given.gateway.mass.send_to([given.openid, stranger.openid], MassText("全体通知"), given.key())
    for phone in (given.phone, stranger):
        assert phone.wait_for("text", "全体通知")["mass"] is True


def test_a_mass_message_to_a_tag_reaches_nobody_else(given: Given) -> None:
    given.settings(result_seconds=0)
    stranger, tag = given.stranger(), given.tag()
    stranger.follow()
    given.gateway.tags.tag(tag, [stranger.openid])
    _done(given, given.gateway.mass.send_to_tag(tag, MassText("全体通知"), given.key()))
    assert stranger.wait_for("text", "全体通知")
    assert "全体通知" not in _texts(given.phone)


def test_a_mass_message_to_all_is_known_again_by_its_key(given: Given) -> None:
    key = given.key()
    job = given.gateway.mass.send_to_all(MassText("全体通知"), key)
    again = given.gateway.mass.send_to_all(MassText("全体通知"), key)
    assert (again.msg_id, job.known, again.known) == (job.msg_id, False, True)
    assert given.phone.wait_for("text", "全体通知")
    assert _texts(given.phone).count("全体通知") == 1


def test_a_mass_message_ends_as_the_platform_says(given: Given) -> None:
    given.settings(result_seconds=0)
    assert _done(given, given.gateway.mass.send_to_all(MassText("全体通知"), given.key())) is MassState.DONE
    given.settings(mass_status="send fail")
    assert _done(given, given.gateway.mass.send_to(two(given), MassText("二"), given.key())) is MassState.FAILED


@pytest.mark.parametrize(
    ("kind", "arrived"),
    [
        ("images", [{"kind": "image"}] * 2),
        ("voice", [{"kind": "voice"}]),
        ("video", [{"kind": "video", "title": "片", "description": "说明"}]),
        ("articles", [{"kind": "news"}]),
    ],
)
def test_each_kind_of_mass_message_arrives_as_that_kind(given: Given, kind: str, arrived: list[dict[str, str]]) -> None:
    line = CALLS[f"mass.send_to {kind}"]
    line.call(given, line.prepare(given))
    shown = wait_for(lambda: [each for each in given.phone.messages() if each.get("mass")])
    assert [{name: each[name] for name in one} for each, one in zip(shown, arrived, strict=True)] == arrived


def test_articles_that_were_sent_to_all_can_be_taken_back_and_use_up_their_draft(given: Given) -> None:
    draft = given.draft()
    job = given.gateway.mass.send_to_all(mass.MassArticles(draft), given.key())
    assert job.data_id
    assert draft not in [each.media_id for each in given.gateway.drafts.page()]
    given.gateway.mass.delete(job.msg_id)
    assert given.gateway.mass.state(job.msg_id) is MassState.DELETED


def test_a_preview_reaches_one_person_and_counts_for_no_month(given: Given) -> None:
    stranger = given.stranger()
    stranger.follow()
    for number in range(5):
        given.gateway.mass.preview(given.openid, MassText(f"预览 {number}"))
    assert [text for text in _texts(given.phone) if text.startswith("预览")] == [f"预览 {n}" for n in range(5)]
    assert _texts(stranger) == []


def test_the_speed_of_mass_messages_is_what_it_was_set_to(given: Given) -> None:
    for speed in (4, 0):
        given.gateway.mass.set_speed(speed)
        assert given.gateway.mass.speed() == speed


def test_what_was_sent_as_a_picture_is_that_picture(given: Given) -> None:
    line = CALLS["custom.send image"]
    made = line.prepare(given)
    line.call(given, made)
    assert given.phone.messages()[-1]["url"].endswith(made.media_id)
    assert given.gateway.media.download(made.media_id).content == JPG


def _texts(phone: Phone) -> list[str]:
    return [each["content"] for each in phone.messages() if each["by"] == "account" and each["kind"] == "text"]


def _done(given: Given, job: MassJob) -> MassState:
    def ended() -> MassState | None:
        state = given.gateway.mass.state(job.msg_id)
        return None if state is MassState.RUNNING else state

    return wait_for(ended) or MassState.RUNNING
