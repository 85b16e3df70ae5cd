"""Publishing (§4.6): submitted, decided later, told by an event and to who asks; the article is public then."""

from pathlib import Path
from typing import Any

import pytest

from simulator.storage import Storage
from tests.simulator.driver import OFFICIAL, Driver, Receiver, account, wait_until
from tests.simulator.results import event, events, restarted
from tests.simulator.test_simulator_drafts import add, article, drafted

SUBMIT = "/cgi-bin/freepublish/submit"
ASK = "/cgi-bin/freepublish/get"
ARTICLE = "/cgi-bin/freepublish/getarticle"
EVENT = "PUBLISHJOBFINISH"


def submitted(simulator: Driver, media_id: str = "") -> str:
    answer = simulator.call(SUBMIT, {"media_id": media_id or drafted(simulator)}).data
    assert answer["errcode"] == 0, answer
    return str(answer["publish_id"])


def state(simulator: Driver, publish_id: object) -> Any:
    return simulator.call(ASK, {"publish_id": publish_id}).data


def published(simulator: Driver, media_id: str = "") -> str:
    simulator.settings(publish_seconds=0)
    return str(state(simulator, submitted(simulator, media_id))["article_id"])


def test_a_draft_is_published_after_a_while(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(publish_seconds=3_600)
    media_id = drafted(simulator)
    publish_id = submitted(simulator, media_id)
    assert state(simulator, publish_id) == {"publish_id": publish_id, "publish_status": 1, "fail_idx": []}
    assert events(simulator, receiver, EVENT) == []
    simulator.advance(3_600)
    told = event(simulator, receiver, EVENT)["PublishEventInfo"]
    asked = state(simulator, int(publish_id))
    (item,) = asked["article_detail"]["item"]
    assert (asked["publish_status"], asked["fail_idx"], item["idx"]) == (0, [], 1)
    assert told["publish_id"] == publish_id
    assert (told["publish_status"], told["article_id"]) == ("0", asked["article_id"])
    assert told["article_detail"]["item"] == {"idx": "1", "article_url": item["article_url"]}
    assert "请检查线路" in simulator.get(item["article_url"].removeprefix(simulator.base)).raw.decode()
    assert simulator.call("/cgi-bin/draft/get", {"media_id": media_id}).errcode == 40007


def test_a_published_article_is_told_listed_and_deleted(simulator: Driver) -> None:
    first = published(simulator, add(simulator, article(simulator), article(simulator)).data["media_id"])
    simulator.advance(60)
    second = published(simulator)
    items = simulator.call(ARTICLE, {"article_id": first}).data["news_item"]
    assert [(one["title"], one["is_deleted"]) for one in items] == [("夏季用电提醒", False)] * 2
    page = simulator.call("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 20, "no_content": 1}).data
    assert [one["article_id"] for one in page["item"]] == [second, first]
    delete = "/cgi-bin/freepublish/delete"
    assert simulator.call(delete, {"article_id": first, "index": 2}).errcode == 0
    items = simulator.call(ARTICLE, {"article_id": first}).data["news_item"]
    assert [one["is_deleted"] for one in items] == [False, True]
    gone = simulator.get(items[1]["url"].removeprefix(simulator.base))
    assert (gone.status, "已被发布者删除" in gone.raw.decode()) == (404, True)
    assert simulator.call(delete, {"article_id": first}).errcode == 0
    assert simulator.call("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 20}).data["total_count"] == 1


def test_a_job_whose_article_was_deleted_says_so(simulator: Driver) -> None:
    simulator.settings(publish_seconds=0)
    publish_id = submitted(simulator)
    article_id = state(simulator, publish_id)["article_id"]
    simulator.call("/cgi-bin/freepublish/delete", {"article_id": article_id})
    assert state(simulator, publish_id)["publish_status"] == 5


@pytest.mark.parametrize("status", [2, 3, 4])
def test_a_failed_publishing_keeps_the_draft_and_names_the_articles(
    simulator: Driver, receiver: Receiver, status: int
) -> None:
    simulator.settings(publish_status=status, publish_seconds=0)
    media_id = drafted(simulator)
    publish_id = submitted(simulator, media_id)
    assert state(simulator, publish_id) == {"publish_id": publish_id, "publish_status": status, "fail_idx": [1]}
    told = event(simulator, receiver, EVENT)["PublishEventInfo"]
    assert (told["publish_status"], told["fail_idx"]) == (str(status), "1")
    assert "news_item" in simulator.call("/cgi-bin/draft/get", {"media_id": media_id}).data


@pytest.mark.parametrize("status", [5, 6])
def test_what_was_taken_down_has_an_id_and_no_page(simulator: Driver, status: int) -> None:
    simulator.settings(publish_status=status, publish_seconds=0)
    asked = state(simulator, submitted(simulator))
    assert asked["publish_status"] == status
    url = asked["article_detail"]["item"][0]["article_url"]
    assert simulator.get(url.removeprefix(simulator.base)).status == 404


@pytest.mark.parametrize("setting", [{"publish_status": 1}, {"publish_seconds": None}])
def test_a_publishing_may_never_end(simulator: Driver, receiver: Receiver, setting: dict[str, object]) -> None:
    simulator.settings(**setting)
    publish_id = submitted(simulator)
    simulator.advance(86_400)
    assert state(simulator, publish_id)["publish_status"] == 1
    assert events(simulator, receiver, EVENT) == []


@pytest.mark.parametrize("errcode", [53503, 53504, 53505])
def test_the_submission_itself_can_be_refused(simulator: Driver, errcode: int) -> None:
    simulator.settings(publish_refusal=errcode)
    assert simulator.call(SUBMIT, {"media_id": drafted(simulator)}).errcode == errcode


def test_what_is_not_there_is_refused(simulator: Driver) -> None:
    assert simulator.call(SUBMIT, {"media_id": "none"}).errcode == 40007
    assert state(simulator, "none")["errcode"] == 53600
    assert state(simulator, None)["errcode"] == 53600
    assert simulator.call(ARTICLE, {"article_id": "none"}).errcode == 53600
    article_id = published(simulator)
    for index in (2, -1, "1"):
        body = {"article_id": article_id, "index": index}
        assert simulator.call("/cgi-bin/freepublish/delete", body).errcode == 40114


def test_a_hundred_submissions_a_day_are_enough(simulator: Driver) -> None:
    simulator.post(f"/simulator/accounts/{OFFICIAL}/limits", {"path": SUBMIT, "daily": 1})
    submitted(simulator)
    assert simulator.call(SUBMIT, {"media_id": drafted(simulator)}).errcode == 45009


def test_an_article_before_its_time_is_not_there(simulator: Driver) -> None:
    simulator.settings(publish_seconds=3_600)
    submitted(simulator)
    (one,) = simulator.platform.world.desks[OFFICIAL].published.values()
    assert simulator.call(ARTICLE, {"article_id": one.article_id}).errcode == 53600
    assert simulator.get(f"/s/{one.articles[0]['slug']}").status == 404


def test_a_menu_button_shows_a_published_article(simulator: Driver) -> None:
    article_id = published(simulator)
    button = {"type": "article_id", "name": "文章", "article_id": article_id}
    assert simulator.call("/cgi-bin/menu/create", {"button": [button]}).errcode == 0
    simulator.follow()
    (card,) = simulator.act("menu", {"path": [0]}).data["message"]["articles"]
    assert card["title"] == "夏季用电提醒"
    assert simulator.get(card["url"]).status == 200
    simulator.call("/cgi-bin/freepublish/delete", {"article_id": article_id})
    assert simulator.act("menu", {"path": [0]}).status == 410


def test_a_publishing_under_way_survives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        first.settings(publish_seconds=3_600)
        publish_id = submitted(first)
    with restarted(accounts, storage) as second:
        assert state(second, publish_id)["publish_status"] == 1
        second.advance(3_600)
        wait_until(lambda: state(second, publish_id)["publish_status"] == 0)
        assert event(second, receiver, EVENT)["PublishEventInfo"]["publish_id"] == publish_id
