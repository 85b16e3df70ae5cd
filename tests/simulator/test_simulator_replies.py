"""What the person sees of an answer: the reply, nothing, the platform's sentence, or an agent."""

from typing import Any

import pytest

from tests.simulator.backend import answering, opened, reply_fields, sealed, written
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, PNG, Driver, Push, Receiver, Reply, account, wait_until

SORRY = "该公众号暂时无法提供服务，请稍后再试"


@pytest.fixture(autouse=True)
def follower(simulator: Driver) -> None:
    simulator.follow()


def asked(simulator: Driver) -> list[dict[str, Any]]:
    """The messages that one question brings, after it."""
    before = len(simulator.messages())
    simulator.act("text", {"content": "你好"})
    return simulator.settled()[before + 1 :]


def test_success_and_an_empty_body_show_nothing(simulator: Driver, receiver: Receiver) -> None:
    for body in (b"success", b""):
        receiver.answer = lambda _, body=body: Reply(body)  # type: ignore[misc]
        assert asked(simulator) == []
        assert simulator.messages()[-1]["state"] == "answered"


def uploaded(simulator: Driver, media_type: str, content: bytes) -> str:
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type={media_type}"
    return str(simulator.upload(path, "media", content).data["media_id"])


def test_an_image_reply_shows_the_uploaded_picture(simulator: Driver, receiver: Receiver) -> None:
    media_id = uploaded(simulator, "image", PNG)
    ours = simulator.platform.accounts[OFFICIAL]
    receiver.answer = answering(ours, MsgType="image", Image={"MediaId": media_id})
    (shown,) = asked(simulator)
    assert shown["kind"] == "image"
    assert simulator.get(shown["url"]).raw == PNG


def test_a_video_reply_shows_title_and_film(simulator: Driver, receiver: Receiver) -> None:
    media_id = uploaded(simulator, "video", b"\0\0\0\x18ftypmp42" + bytes(32))
    video = {"MediaId": media_id, "Title": "活动", "Description": "花絮"}
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="video", Video=video)
    (shown,) = asked(simulator)
    assert (shown["kind"], shown["title"], shown["description"]) == ("video", "活动", "花絮")


def test_a_voice_and_a_music_reply_are_shown(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    media_id = uploaded(simulator, "voice", b"#!AMR\n" + b"\x3c" + bytes(31))
    receiver.answer = answering(ours, MsgType="voice", Voice={"MediaId": media_id})
    assert asked(simulator)[0]["kind"] == "voice"
    music = {"Title": "歌", "Description": "词", "MusicUrl": "http://127.0.0.1/a.mp3"}
    receiver.answer = answering(ours, MsgType="music", Music=music)
    shown = asked(simulator)[0]
    assert (shown["kind"], shown["title"], shown["url"]) == ("music", "歌", "http://127.0.0.1/a.mp3")


def test_only_the_first_article_is_shown(simulator: Driver, receiver: Receiver) -> None:
    item = {"Title": "一", "Description": "摘要", "PicUrl": "http://127.0.0.1/p.jpg", "Url": "http://127.0.0.1/1"}
    receiver.answer = answering(
        simulator.platform.accounts[OFFICIAL],
        MsgType="news",
        ArticleCount=2,
        Articles={"item": [item, item | {"Title": "二"}]},
    )
    (shown,) = asked(simulator)
    assert shown["articles"] == [
        {"title": "一", "description": "摘要", "picurl": "http://127.0.0.1/p.jpg", "url": "http://127.0.0.1/1"}
    ]


def test_a_single_article_is_shown(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(
        simulator.platform.accounts[OFFICIAL],
        MsgType="news",
        ArticleCount=1,
        Articles={"item": {"Title": "一", "Description": "", "PicUrl": "", "Url": "http://127.0.0.1/1"}},
    )
    assert asked(simulator)[0]["articles"][0]["title"] == "一"


def test_a_text_of_2048_bytes_is_shown_and_a_longer_one_dropped_silently(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    receiver.answer = answering(ours, MsgType="text", Content="a" * 2048)
    assert len(asked(simulator)) == 1
    receiver.answer = answering(ours, MsgType="text", Content="a" * 2046 + "三")
    assert asked(simulator) == []
    assert simulator.messages()[-1]["state"] == "answered"
    assert "2048" in simulator.get("/simulator/traffic").data["items"][-1]["note"]


@pytest.mark.parametrize(
    "body",
    [
        b"ok",
        b" success ",
        b'{"MsgType": "text"}',
        b"<xml><unclosed></xml>",
        b"<html></html>",
        b"<xml></xml>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><xml><ToUserName>&b;</ToUserName></xml>',
        b"<xml><Encrypt>AAAA</Encrypt></xml>",
        b"\xff\xfe",
    ],
)
def test_a_malformed_answer_shows_the_sentence_and_is_not_asked_for_again(
    simulator: Driver, receiver: Receiver, body: bytes
) -> None:
    receiver.pushes.clear()
    receiver.answer = lambda _: Reply(body)
    assert [one["text"] for one in asked(simulator)] == [SORRY]
    assert len(receiver.pushes) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"ToUserName": "gh_aaaaaaaaaaaa"},
        {"FromUserName": "gh_other"},
        {"CreateTime": "today"},
        {"MsgType": "unknown"},
        {"Content": ""},
        {"MsgType": "image", "Image": {"MediaId": "none"}},
        {"MsgType": "news", "ArticleCount": 1, "Articles": ""},
        {"MsgType": "news", "ArticleCount": 3, "Articles": {"item": {"Title": "一"}}},
    ],
)
def test_a_reply_with_a_wrong_field_shows_the_sentence(
    simulator: Driver, receiver: Receiver, wrong: dict[str, Any]
) -> None:
    content = {"MsgType": "text", "Content": "好"} | wrong
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], **content)
    assert [one["text"] for one in asked(simulator)] == [SORRY]


def test_an_unencrypted_reply_in_safe_mode_shows_the_sentence(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    receiver.answer = lambda push: Reply(written(ours, reply_fields(opened(ours, push), MsgType="text", Content="好")))
    assert [one["text"] for one in asked(simulator)] == [SORRY]


def test_a_wrong_signature_or_key_of_the_reply_shows_the_sentence(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    good = answering(ours, MsgType="text", Content="好")

    def unsigned(push: Push) -> Reply:
        head, _, tail = good(push).body.partition(b"<MsgSignature>")
        return Reply(head + b"<MsgSignature>" + b"x" + tail)

    receiver.answer = unsigned
    assert [one["text"] for one in asked(simulator)] == [SORRY]
    receiver.answer = lambda push: Reply(sealed(account("miniprogram", receiver.url), b"<xml/>"))
    assert [one["text"] for one in asked(simulator)] == [SORRY]


def test_a_compatible_account_may_answer_plainly_or_encrypted(receiver: Receiver) -> None:
    ours = account("official", receiver.url, "compatible")
    with Driver([ours]) as simulator:
        simulator.follow()
        receiver.answer = lambda push: Reply(
            written(ours, reply_fields(opened(ours, push), MsgType="text", Content="明"))
        )
        assert asked(simulator)[0]["content"] == "明"
        receiver.answer = answering(ours, MsgType="text", Content="密")
        assert asked(simulator)[0]["content"] == "密"


def test_a_plain_account_may_not_answer_encrypted(receiver: Receiver) -> None:
    ours = account("official", receiver.url, "plain")
    with Driver([ours]) as simulator:
        simulator.follow()
        receiver.answer = lambda push: Reply(
            sealed(ours, written(ours, reply_fields(opened(ours, push), MsgType="text", Content="密")))
        )
        assert asked(simulator)[0]["text"] == SORRY


def test_an_event_that_takes_no_reply_ignores_it(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="text", Content="再见")
    simulator.act("unfollow")
    assert [one["kind"] for one in simulator.settled()] == ["event", "event"]


def test_a_mini_program_does_not_answer_passively(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[MINIPROGRAM]
    receiver.answer = answering(ours, MsgType="text", Content="好")
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    (message,) = simulator.settled(app_id=MINIPROGRAM)
    assert message["state"] == "answered"


def test_a_mini_program_has_a_sentence_of_its_own(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(b"nonsense")
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    assert simulator.settled(app_id=MINIPROGRAM)[-1]["text"] == "该小程序提供的服务出现故障，请稍后再试"


def transferred(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    receiver.answer = answering(ours, MsgType="transfer_customer_service")
    assert [one["text"] for one in asked(simulator)] == ["已转人工客服"]
    receiver.answer = lambda _: Reply()
    wait_until(lambda: opened(ours, receiver.pushes[-1]).get("Event") == "kf_create_session")
    receiver.pushes.clear()


def test_after_a_transfer_messages_go_to_the_agent(simulator: Driver, receiver: Receiver) -> None:
    transferred(simulator, receiver)
    assert simulator.chat()["agent"] is True
    assert asked(simulator) == []
    assert simulator.messages()[-1]["state"] == "answered"
    assert receiver.pushes == []


def test_the_agent_leaves_after_thirty_minutes(simulator: Driver, receiver: Receiver) -> None:
    transferred(simulator, receiver)
    simulator.advance(1800)
    asked(simulator)
    events = [opened(simulator.platform.accounts[OFFICIAL], push) for push in receiver.pushes]
    wait_until(lambda: len(receiver.pushes) == 2)
    events = [opened(simulator.platform.accounts[OFFICIAL], push) for push in receiver.pushes]
    assert {one.get("Event", one["MsgType"]) for one in events} == {"kf_close_session", "text"}
    assert simulator.chat()["agent"] is False


def test_the_person_can_end_the_agents_session(simulator: Driver, receiver: Receiver) -> None:
    transferred(simulator, receiver)
    assert simulator.act("agent/end").status == 202
    assert simulator.chat()["agent"] is False
    assert simulator.act("agent/end").status == 409


def test_an_event_cannot_be_transferred(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="transfer_customer_service")
    simulator.act("scan", {"text": "x"})
    simulator.act("follow", {"scene": "9"})
    simulator.settled()
    assert simulator.chat()["agent"] is False
