"""Mass messages: whom they reach, what is filtered, repetitions, quotas, the result, and what follows."""

import time
from pathlib import Path
from typing import Any

import pytest

from simulator.storage import Storage
from tests.simulator.driver import JPG, MINIPROGRAM, OFFICIAL, PNG, Driver, Receiver, Result, account, wait_until
from tests.simulator.results import event, events, restarted

MASS = "/cgi-bin/message/mass/"
FINISHED = "MASSSENDJOBFINISH"
TEXT = {"msgtype": "text", "text": {"content": "周末停水"}}
TO_ALL = {"filter": {"is_to_all": True}, **TEXT}
DAY = 86_400


@pytest.fixture
def followed(simulator: Driver) -> Driver:
    for pid in ("p1", "p2"):
        simulator.follow(pid)
    simulator.settings(result_seconds=0)
    return simulator


def send(simulator: Driver, **changes: Any) -> Result:
    openids = [simulator.openid(pid) for pid in ("p1", "p2")]
    return simulator.call(MASS + "send", {"touser": openids, **TEXT} | changes)


def send_all(simulator: Driver, **changes: Any) -> Result:
    return simulator.call(MASS + "sendall", TO_ALL | changes)


def seen(simulator: Driver, pid: str = "p1") -> list[dict[str, Any]]:
    return [one for one in simulator.messages(pid) if one.get("mass")]


def words(number: int) -> dict[str, Any]:
    """A content of its own, because the same one again is a repetition."""
    return {"text": {"content": f"第 {number} 次"}}


def draft(simulator: Driver, *titles: str) -> str:
    upload = simulator.upload(
        f"/cgi-bin/material/add_material?type=image&access_token={simulator.token()}", "media", PNG
    )
    thumb = upload.data["media_id"]
    articles = [
        {"title": title, "content": "<p>正文</p>", "digest": "摘要", "thumb_media_id": thumb} for title in titles
    ]
    return str(simulator.call("/cgi-bin/draft/add", {"articles": articles}).data["media_id"])


def articles(simulator: Driver, *titles: str) -> dict[str, Any]:
    return {"msgtype": "mpnews", "mpnews": {"media_id": draft(simulator, *titles)}}


def status(simulator: Driver, msg_id: int) -> str:
    return str(simulator.call(MASS + "get", {"msg_id": msg_id}).data["msg_status"])


# --- whom it reaches ---


def test_a_list_of_followers_sees_the_message(followed: Driver, receiver: Receiver) -> None:
    answer = send(followed).data
    assert answer["errcode"] == 0
    assert "msg_data_id" not in answer
    result = event(followed, receiver, FINISHED)
    assert (result["MsgID"], result["Status"]) == (str(answer["msg_id"]), "send success")
    counts = [result[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert counts == ["2", "2", "2", "0"]
    assert [(one["kind"], one["content"], one["by"]) for one in seen(followed)] == [("text", "周末停水", "account")]
    assert len(seen(followed, "p2")) == 1


def test_all_followers_see_it_and_nobody_else(followed: Driver, receiver: Receiver) -> None:
    assert send_all(followed).errcode == 0
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["FilterCount"]) == ("2", "2")
    assert [len(seen(followed, pid)) for pid in ("p1", "p2", "p3")] == [1, 1, 0]


def test_a_tag_reaches_those_who_bear_it(followed: Driver, receiver: Receiver) -> None:
    tag = followed.call("/cgi-bin/tags/create", {"tag": {"name": "和平社区"}}).data["tag"]["id"]
    body = {"openid_list": [followed.openid("p2")], "tagid": tag}
    assert followed.call("/cgi-bin/tags/members/batchtagging", body).errcode == 0
    assert send_all(followed, filter={"is_to_all": False, "tag_id": tag}).errcode == 0
    assert event(followed, receiver, FINISHED)["TotalCount"] == "1"
    assert [len(seen(followed, pid)) for pid in ("p1", "p2")] == [0, 1]
    again = send_all(followed, filter={"is_to_all": False, "tag_id": str(tag)}, **words(2))
    assert again.errcode == 0


@pytest.mark.parametrize("wished", [{}, None, {"tag_id": 999}, {"tag_id": "x"}, {"is_to_all": "true"}, {"tag_id": []}])
def test_an_unknown_tag_is_refused(followed: Driver, wished: Any) -> None:
    assert send_all(followed, filter=wished).errcode == 40152


def test_those_who_cannot_get_it_are_filtered(followed: Driver, receiver: Receiver) -> None:
    followed.act("block", {"on": True}, "p2")
    followed.follow("p3")
    followed.call("/cgi-bin/tags/members/batchblacklist", {"openid_list": [followed.openid("p3")]})
    openids = [followed.openid(pid) for pid in ("p1", "p2", "p3", "p4")]
    assert send(followed, touser=[*openids, "o" * 28, openids[0]]).errcode == 0
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["FilterCount"], result["SentCount"]) == ("6", "1", "1")
    assert [len(seen(followed, pid)) for pid in ("p1", "p2", "p3", "p4")] == [1, 0, 0, 0]


def test_nobody_gets_more_than_four_in_a_month(followed: Driver, receiver: Receiver) -> None:
    for number in range(1, 6):
        assert send(followed, **words(number)).errcode == 0
        result = event(followed, receiver, FINISHED, nth=number)
    assert (result["TotalCount"], result["FilterCount"], result["SentCount"]) == ("2", "0", "0")
    assert len(seen(followed)) == 4
    followed.advance(31 * DAY)
    assert send(followed, **words(6)).errcode == 0
    event(followed, receiver, FINISHED, nth=6)
    assert len(seen(followed)) == 5


@pytest.mark.parametrize(
    ("openids", "errcode"),
    [
        ([], 40130),
        (["one"], 40130),
        (["nobody", "neither"], 40031),
        (["", "x"], 40031),
        ([1, 2], 40031),
        (None, 40031),
        ("openid", 40031),
        (["x"] * 10_001, 40032),
    ],
)
def test_a_list_must_be_a_list_of_openids(followed: Driver, openids: Any, errcode: int) -> None:
    assert send(followed, touser=openids).errcode == errcode


def test_ten_thousand_are_the_most(followed: Driver) -> None:
    openids = [followed.openid(), *(f"x{number}" for number in range(9_999))]
    assert send(followed, touser=openids).errcode == 0


def test_a_miniprogram_sends_no_mass_messages(simulator: Driver) -> None:
    assert simulator.call(MASS + "sendall", TO_ALL, MINIPROGRAM).errcode == 48001


# --- repetitions ---


def test_the_same_clientmsgid_answers_with_the_earlier_message(followed: Driver, receiver: Receiver) -> None:
    first = send(followed, clientmsgid="a" * 32, **articles(followed, "一")).data
    again = send(followed, clientmsgid="a" * 32).data
    assert again["errcode"] == 45065
    assert again["errmsg"].startswith("clientmsgid exist rid: ")
    assert (again["msg_id"], again["msg_data_id"]) == (first["msg_id"], first["msg_data_id"])
    event(followed, receiver, FINISHED)
    assert len(seen(followed)) == 1


def test_a_clientmsgid_is_remembered_for_a_day(followed: Driver) -> None:
    assert send(followed, clientmsgid="a").errcode == 0
    followed.advance(DAY - 5)
    assert send(followed, clientmsgid="a").errcode == 45065
    followed.advance(10)
    assert send(followed, clientmsgid="a").errcode == 0


def test_without_a_clientmsgid_the_same_content_to_the_same_people_is_a_repetition(followed: Driver) -> None:
    assert send(followed).errcode == 0
    assert send(followed).errcode == 45065
    assert send(followed, **words(2)).errcode == 0
    assert send(followed, clientmsgid="b").errcode == 0


def test_a_quick_repetition_can_be_refused_as_such(followed: Driver) -> None:
    followed.settings(mass_repeat_seconds=60)
    assert [send(followed, clientmsgid="a").errcode for _ in range(2)] == [0, 45066]
    followed.advance(61)
    assert send(followed, clientmsgid="a").errcode == 45065


def test_a_clientmsgid_has_at_most_32_bytes(followed: Driver) -> None:
    assert send(followed, clientmsgid="字" * 11).errcode == 45067
    assert send(followed, clientmsgid="a" * 33).errcode == 45067
    assert send(followed, clientmsgid=5).errcode == 47001


# --- quotas ---


def test_to_all_once_a_day_and_four_times_a_month(followed: Driver) -> None:
    noon_of_the_second = 36 * 3600
    now = time.time()
    first = time.localtime(now)
    followed.advance((32 - first.tm_mday) * DAY + noon_of_the_second)  # early in the next month or the one after
    for number in range(4):
        assert send_all(followed, **words(number)).errcode == 0
        assert send_all(followed, **words(number + 10)).errcode == 45028
        followed.advance(DAY)
    assert send_all(followed, **words(5)).errcode == 45028
    assert send(followed).errcode == 0


def test_a_day_has_a_hundred_calls(followed: Driver) -> None:
    followed.platform.world.desks[OFFICIAL].limits |= {MASS + "send": 2, MASS + "sendall": 2}
    assert send(followed, **words(1)).errcode == 0
    assert send_all(followed, **words(2)).errcode == 0
    assert send(followed, **words(3)).errcode == 45028


def test_a_minute_has_sixty(followed: Driver) -> None:
    followed.platform.world.desks[OFFICIAL].limits |= {MASS + "send": 1_000, MASS + "sendall": 1_000}
    codes = [send(followed, **words(number)).errcode for number in range(62)]
    assert set(codes) <= {0, 45011}
    assert codes.count(45011) > 0 or codes == [0] * 62  # a minute may have ended meanwhile
    followed.advance(60)
    assert send(followed, **words(100)).errcode == 0


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


# --- what becomes of it ---


def test_it_is_being_sent_until_its_result_comes(followed: Driver, receiver: Receiver) -> None:
    followed.settings(result_seconds=60)
    msg_id = send(followed).data["msg_id"]
    assert status(followed, msg_id) == "SENDING"
    followed.advance(61)
    wait_until(lambda: status(followed, msg_id) == "SEND_SUCCESS")
    assert event(followed, receiver, FINISHED)["MsgID"] == str(msg_id)


def test_without_a_result_it_is_being_sent_for_ever(followed: Driver, receiver: Receiver) -> None:
    followed.settings(result_seconds=None)
    msg_id = send(followed).data["msg_id"]
    followed.advance(DAY)
    assert status(followed, msg_id) == "SENDING"
    assert events(followed, receiver, FINISHED) == []


@pytest.mark.parametrize("wished", ["send fail", "err(20001)"])
def test_it_can_fail(followed: Driver, receiver: Receiver, wished: str) -> None:
    followed.settings(mass_status=wished)
    content = articles(followed, "一")
    msg_id = send(followed, **content).data["msg_id"]
    result = event(followed, receiver, FINISHED)
    assert (result["Status"], result["FilterCount"], result["SentCount"], result["ErrorCount"]) == (
        wished,
        "2",
        "0",
        "2",
    )
    assert result["ArticleUrlResult"]["Count"] == "0"
    assert status(followed, msg_id) == "SEND_FAIL"
    assert seen(followed) == []
    assert followed.call("/cgi-bin/draft/get", content["mpnews"]).errcode is None


def test_the_administrator_can_refuse(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="refused")
    send(followed)
    assert event(followed, receiver, FINISHED)["Status"] == "err(40001)"
    assert seen(followed) == []


def test_the_administrator_can_overlook_it_for_half_an_hour(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="ignored")
    msg_id = send(followed).data["msg_id"]
    followed.advance(1_790)
    assert status(followed, msg_id) == "SENDING"
    followed.advance(11)
    assert event(followed, receiver, FINISHED)["Status"] == "err(40002)"


def test_the_administrator_can_confirm(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="confirmed")
    send(followed)
    assert event(followed, receiver, FINISHED)["Status"] == "send success"


@pytest.mark.parametrize("wished", ["x", "err(1)", "err(20001", "", 5])
def test_a_status_must_be_one_of_the_platform(simulator: Driver, wished: Any) -> None:
    assert simulator.post("/simulator/settings", {"mass_status": wished}).status == 400


@pytest.mark.parametrize("path", ["get", "delete"])
@pytest.mark.parametrize("msg_id", [1, "x", None, [], {}, True, 1.5])
def test_an_unknown_message_is_refused(followed: Driver, path: str, msg_id: Any) -> None:
    assert followed.call(MASS + path, {"msg_id": msg_id}).errcode == 40059


def test_articles_can_be_deleted_one_by_one(followed: Driver, receiver: Receiver) -> None:
    msg_id = send(followed, **articles(followed, "一", "二")).data["msg_id"]
    items = event(followed, receiver, FINISHED)["ArticleUrlResult"]["ResultList"]["item"]
    pages = [one["ArticleUrl"].removeprefix(followed.base) for one in items]
    assert followed.call(MASS + "delete", {"msg_id": msg_id, "article_idx": 3}).errcode == 40008
    assert followed.call(MASS + "delete", {"msg_id": msg_id, "article_idx": 1}).errcode == 0
    assert [followed.get(page).status for page in pages] == [404, 200]
    assert status(followed, msg_id) == "SEND_SUCCESS"
    assert followed.call(MASS + "delete", {"url": items[1]["ArticleUrl"]}).errcode == 0
    assert status(followed, msg_id) == "DELETE"
    assert len(seen(followed)) == 1


def test_all_of_it_can_be_deleted(followed: Driver, receiver: Receiver) -> None:
    msg_id = send(followed, **articles(followed, "一", "二")).data["msg_id"]
    event(followed, receiver, FINISHED)
    assert followed.call(MASS + "delete", {"msg_id": str(msg_id), "article_idx": 0}).errcode == 0
    assert status(followed, msg_id) == "DELETE"


def test_only_articles_and_videos_can_be_deleted(followed: Driver) -> None:
    msg_id = send(followed).data["msg_id"]
    assert followed.call(MASS + "delete", {"msg_id": msg_id}).errcode == 40008


def test_ten_deletions_a_day(followed: Driver) -> None:
    codes = [followed.call(MASS + "delete", {"msg_id": 1}).errcode for _ in range(11)]
    assert codes == [40059] * 10 + [45009]


# --- preview and speed ---


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


def test_the_speed_is_kept(simulator: Driver) -> None:
    assert simulator.call(MASS + "speed/get").data == {"speed": 0, "realspeed": 80}
    assert simulator.call(MASS + "speed/set", {"speed": 4}).errcode == 0
    assert simulator.call(MASS + "speed/get").data == {"speed": 4, "realspeed": 10}
    simulator.post("/simulator/reset")
    assert simulator.call(MASS + "speed/get").data["speed"] == 4


@pytest.mark.parametrize(("body", "errcode"), [({}, 45084), ({"speed": 5}, 45083), ({"speed": -1}, 45083)])
def test_the_speed_has_five_steps(simulator: Driver, body: dict[str, int], errcode: int) -> None:
    assert simulator.call(MASS + "speed/set", body).errcode == errcode
    assert simulator.call(MASS + "speed/set", {"speed": "1"}).errcode == 45083


# --- many, and a restart ---


def test_a_crowd_is_counted_and_halts_nothing(followed: Driver, receiver: Receiver) -> None:
    followed.post("/simulator/crowd", {"app_id": OFFICIAL, "count": 100_000})
    assert send_all(followed).errcode == 0
    longest, end = 0.0, time.monotonic() + 1.5
    while time.monotonic() < end and not events(followed, receiver, FINISHED):
        started = time.monotonic()
        assert followed.get("/simulator/clock").status == 200
        longest = max(longest, time.monotonic() - started)
    assert longest < 0.5
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["SentCount"]) == ("100002", "100002")


def test_a_restart_remembers_clientmsgids_months_and_results(receiver: Receiver, tmp_path: Path) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as simulator:
        simulator.follow()
        simulator.follow("p2")
        simulator.settings(result_seconds=60)
        msg_id = send(simulator, clientmsgid="a").data["msg_id"]
        wait_until(lambda: len(seen(simulator)) == 1)
        wait_until(lambda: len(simulator.platform.world.agenda.waiting) == 1)
    with restarted(accounts, storage) as simulator:
        assert send(simulator, clientmsgid="a").data["msg_id"] == msg_id
        simulator.advance(61)
        assert event(simulator, receiver, FINISHED)["MsgID"] == str(msg_id)
        assert status(simulator, msg_id) == "SEND_SUCCESS"
        assert simulator.platform.world.desks[OFFICIAL].chats[simulator.openid()].mass_received == 1


ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [None], {}, 10**30]


@pytest.mark.parametrize("path", ["send", "sendall", "preview", "get", "delete", "speed/set", "speed/get"])
def test_odd_input_is_answered_with_an_errcode(followed: Driver, path: str) -> None:
    followed.platform.world.desks[OFFICIAL].limits |= {MASS + path: 10_000}
    good = {"touser": [followed.openid(), followed.openid("p2")], **TO_ALL}
    for field in ("touser", "filter", "msgtype", "text", "clientmsgid", "towxname", "msg_id", "url", "speed"):
        for odd in ODD:
            answer = followed.call(MASS + path, good | {field: odd})
            assert answer.status == 200
            assert path == "speed/get" or isinstance(answer.errcode, int)
