"""What a mass message may say, what is made of it, and what a preview shows of it."""

from typing import Any

import pytest

from tests.simulator.driver import JPG, PNG, Driver, Receiver, wait_until
from tests.simulator.masses import FINISHED, MASS, TEXT, articles, seen, send, words
from tests.simulator.results import event

# --- what it says ---


def test_articles_use_up_their_draft_and_become_pages(followed: Driver, receiver: Receiver) -> None:
    content = articles(followed, "端午活动", "停水通知")
    answer = send(followed, **content).data
    assert answer["msg_data_id"] > 0
    result = event(followed, receiver, FINISHED)
    links = result["ArticleUrlResult"]
    assert links["Count"] == "2"
    assert [one["ArticleIdx"] for one in links["ResultList"]["item"]] == ["1", "2"]
    url = links["ResultList"]["item"][0]["ArticleUrl"]
    assert followed.get(url.removeprefix(followed.base)).status == 200
    (message,) = seen(followed)
    assert message["kind"] == "news"
    shown = message["articles"][0]
    assert (shown["title"], shown["digest"], shown["url"]) == ("端午活动", "摘要", url)
    assert followed.get(shown["thumb_url"]).raw == PNG
    assert followed.call("/cgi-bin/draft/get", content["mpnews"]).errcode == 40007
    assert send(followed, clientmsgid="again", **content).errcode == 40007


def test_several_pictures_are_several_messages(followed: Driver, receiver: Receiver) -> None:
    token = followed.token()
    ids = [
        followed.upload(f"/cgi-bin/media/upload?type=image&access_token={token}", "media", picture).data["media_id"]
        for picture in (PNG, JPG)
    ]
    assert send(followed, msgtype="image", images={"media_ids": ids, "recommend": "看"}).errcode == 0
    assert send(followed, msgtype="image", image={"media_id": ids[0]}).errcode == 0
    event(followed, receiver, FINISHED, nth=2)
    assert [one["kind"] for one in seen(followed)] == ["image"] * 3


def test_a_video_is_made_ready_first(followed: Driver, receiver: Receiver) -> None:
    video = b"\x00\x00\x00\x18ftypmp42" + bytes(64)
    uploaded = followed.upload(f"/cgi-bin/media/upload?type=video&access_token={followed.token()}", "media", video)
    plain = uploaded.data["media_id"]
    assert send(followed, msgtype="mpvideo", mpvideo={"media_id": plain}).errcode == 40007
    made = followed.call("/cgi-bin/media/uploadvideo", {"media_id": plain, "title": "片名", "description": "介绍"}).data
    assert made["type"] == "video"
    assert send(followed, msgtype="mpvideo", mpvideo={"media_id": made["media_id"]}).errcode == 0
    event(followed, receiver, FINISHED)
    assert (seen(followed)[0]["kind"], seen(followed)[0]["title"]) == ("video", "片名")
    assert followed.call("/cgi-bin/media/uploadvideo", {"media_id": "none"}).errcode == 40007


@pytest.mark.parametrize(
    ("content", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": None}, 44004),
        ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "voice", "voice": {"media_id": "none"}}, 40007),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "image", "images": {"media_ids": []}}, 40007),
        ({"msgtype": "image", "images": {"media_ids": ["none"]}}, 40007),
        ({"msgtype": "image", "images": {"media_ids": ["none"] * 21}}, 40007),
        ({"msgtype": "mpnews", "mpnews": {"media_id": "none"}}, 40007),
        ({"msgtype": "mpnews"}, 40007),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 48001),
        ({"msgtype": "link"}, 40008),
        ({"msgtype": None}, 40008),
        ({"msgtype": []}, 40008),
    ],
)
def test_a_content_is_checked(followed: Driver, content: dict[str, Any], errcode: int) -> None:
    assert send(followed, **content).errcode == errcode


# --- preview ---


def test_a_preview_goes_to_one_person_and_counts_for_no_month(followed: Driver) -> None:
    for number in range(5):
        body = {"touser": followed.openid(), "msgtype": "text", **words(number)}
        assert followed.call(MASS + "preview", body).errcode == 0
    assert [one["preview"] for one in seen(followed)] == [True] * 5
    assert send(followed).errcode == 0
    wait_until(lambda: len(seen(followed)) == 6)


def test_a_preview_can_go_to_a_weixin_id(followed: Driver) -> None:
    name = followed.platform.world.people["p2"].weixin_id
    assert followed.call(MASS + "preview", {"towxname": name, "touser": followed.openid(), **TEXT}).errcode == 0
    assert [len(seen(followed, pid)) for pid in ("p1", "p2")] == [0, 1]
    assert followed.call(MASS + "preview", {"towxname": "nobody", **TEXT}).errcode == 40132


def test_a_preview_is_checked(followed: Driver) -> None:
    assert followed.call(MASS + "preview", {"touser": "nobody", **TEXT}).errcode == 40003
    assert followed.call(MASS + "preview", {"touser": followed.openid("p3"), **TEXT}).errcode == 43004
    assert followed.call(MASS + "preview", {"touser": followed.openid(), "msgtype": "x"}).errcode == 40008


def test_a_day_has_a_hundred_previews(followed: Driver) -> None:
    followed.to_midnight()
    body = {"touser": followed.openid(), **TEXT}
    codes = [followed.call(MASS + "preview", body).errcode for _ in range(101)]
    assert codes == [0] * 100 + [45009]
