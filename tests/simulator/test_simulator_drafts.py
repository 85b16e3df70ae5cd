"""The draft box (§4.6): what an article may be, what becomes of its HTML, and its page."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.storage import Storage
from tests.simulator.driver import JPG, MINIPROGRAM, PNG, Driver, Receiver, Result, account
from tests.simulator.results import restarted
from tests.simulator.test_simulator_materials import added

ADD = "/cgi-bin/draft/add"


def article(simulator: Driver, **changes: object) -> dict[str, object]:
    thumb = added(simulator, "thumb", JPG)
    return {"title": "夏季用电提醒", "content": "<p>请检查线路。</p>", "thumb_media_id": thumb} | changes


def add(simulator: Driver, *articles: object) -> Result:
    return simulator.call(ADD, {"articles": list(articles)})


def drafted(simulator: Driver, **changes: object) -> str:
    answer = add(simulator, article(simulator, **changes)).data
    assert "errcode" not in answer, answer
    return str(answer["media_id"])


def items(simulator: Driver, media_id: str) -> list[dict[str, Any]]:
    return list(simulator.call("/cgi-bin/draft/get", {"media_id": media_id}).data["news_item"])


def content_of(simulator: Driver, content: str) -> str:
    return str(items(simulator, drafted(simulator, content=content))[0]["content"])


def test_a_draft_comes_back_as_it_was_made(simulator: Driver) -> None:
    media_id = drafted(
        simulator, author="网格员", digest="摘要", content_source_url="http://127.0.0.1/x", need_open_comment=1
    )
    answer = simulator.call("/cgi-bin/draft/get", {"media_id": media_id}).data
    (one,) = answer["news_item"]
    assert (one["title"], one["author"], one["digest"]) == ("夏季用电提醒", "网格员", "摘要")
    assert (one["article_type"], one["content"]) == ("news", "<p>请检查线路。</p>")
    assert (one["need_open_comment"], one["only_fans_can_comment"]) == (1, 0)
    assert one["content_source_url"] == "http://127.0.0.1/x"
    assert simulator.get(one["thumb_url"].removeprefix(simulator.base)).raw == JPG
    assert answer["create_time"] == answer["update_time"]
    assert "slug" not in one


def test_without_a_digest_the_beginning_of_the_text_is_taken(simulator: Driver) -> None:
    (one,) = items(simulator, drafted(simulator, content="<p>" + "字" * 60 + "</p>"))
    assert one["digest"] == "字" * 54


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"title": ""}, 45003),
        ({"title": "字" * 33}, 45003),
        ({"author": "字" * 17}, 45110),
        ({"digest": "字" * 129}, 45004),
        ({"content": ""}, 44004),
        ({"content": 5}, 44004),
        ({"content": "x" * 20_000}, 45002),
        ({"content_source_url": "http://a/" + "x" * 1_016}, 45005),
        ({"thumb_media_id": "none"}, 40007),
        ({"article_type": "film"}, 40008),
        ({"article_type": "newspic"}, 40007),
    ],
)
def test_an_article_that_breaks_a_limit_is_refused(simulator: Driver, changes: dict[str, object], errcode: int) -> None:
    assert add(simulator, article(simulator, **changes)).errcode == errcode


def test_an_article_exactly_at_the_limits_is_accepted(simulator: Driver) -> None:
    drafted(
        simulator,
        title="字" * 32,
        author="字" * 16,
        digest="字" * 128,
        content="字" * 19_999,
        content_source_url="http://a/" + "x" * 1_015,
    )


def test_the_cover_must_be_permanent(simulator: Driver) -> None:
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type=thumb"
    temporary = simulator.upload(path, "media", JPG).data["media_id"]
    assert add(simulator, article(simulator, thumb_media_id=temporary)).errcode == 40007
    voice = article(simulator, thumb_media_id=added(simulator, "voice", b"#!AMR\n" + b"\x3c" + bytes(31)))
    assert add(simulator, voice).errcode == 40007


def test_a_draft_has_one_to_eight_articles(simulator: Driver) -> None:
    one = article(simulator)
    assert add(simulator).errcode == 44003
    assert simulator.call(ADD, {"articles": "none"}).errcode == 44003
    assert add(simulator, *[one] * 9).errcode == 45008
    assert len(items(simulator, add(simulator, *[one] * 8).data["media_id"])) == 8


def test_a_picture_article_names_its_pictures(simulator: Driver) -> None:
    pictures = [{"image_media_id": added(simulator)} for _ in range(2)]
    body = {
        "article_type": "newspic",
        "title": "活动照片",
        "content": "<b>好</b>",
        "image_info": {"image_list": pictures},
    }
    (one,) = items(simulator, add(simulator, body).data["media_id"])
    assert (one["article_type"], one["content"], one["image_info"]) == ("newspic", "好", {"image_list": pictures})
    assert b"<img" in simulator.get(one["url"].removeprefix(simulator.base)).raw
    assert add(simulator, body | {"image_info": {"image_list": pictures * 11}}).errcode == 40007


def test_escaped_characters_are_shown_as_they_were_written(simulator: Driver) -> None:
    raw = json.dumps({"articles": [article(simulator, title="提\\醒", author="网")]}).encode()
    assert b"\\u63d0\\\\\\u9192" in raw
    media_id = simulator.call(ADD, raw).data["media_id"]
    (one,) = items(simulator, media_id)
    assert (one["title"], one["author"]) == ("\\u63d0\\\\u9192", "\\u7f51")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ('<p onclick="x()" style="color:red">a</p>', '<p style="color:red">a</p>'),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<a href="https://127.0.0.1/">a</a>', '<a href="https://127.0.0.1/">a</a>'),
        ('<img src="https://elsewhere.example/x.png">a', "a"),
        ("<iframe src='http://127.0.0.1/'></iframe>a<form><input></form>", "a"),
        ("1 &lt; 2 &amp; 3<br/>", "1 &lt; 2 &amp; 3<br>"),
    ],
)
def test_an_article_runs_nothing_and_loads_nothing_from_elsewhere(simulator: Driver, given: str, kept: str) -> None:
    assert content_of(simulator, given) == kept


def test_pictures_uploaded_for_articles_stay_in_them(simulator: Driver) -> None:
    path = f"/cgi-bin/media/uploadimg?access_token={simulator.token()}"
    url = simulator.upload(path, "media", PNG).data["url"]
    assert content_of(simulator, f'<img src="{url}">') == f'<img src="{url}">'
    simulator.advance(30 * 86_400)
    assert content_of(simulator, f'<img data-src="{url}">') == f'<img data-src="{url}">'


def test_a_draft_is_changed_one_article_at_a_time(simulator: Driver) -> None:
    media_id = add(simulator, article(simulator), article(simulator)).data["media_id"]
    changed = article(simulator, title="改过了")
    for given in (changed, [changed]):
        body = {"media_id": media_id, "index": 1, "articles": given}
        assert simulator.call("/cgi-bin/draft/update", body).errcode == 0
    assert [one["title"] for one in items(simulator, media_id)] == ["夏季用电提醒", "改过了"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"media_id": "none"}, 40007),
        ({"index": 1}, 40114),
        ({"index": -1}, 40114),
        ({"index": None}, 40114),
        ({"articles": []}, 44003),
        ({"articles": {}}, 45003),
        ({"articles": "x"}, 45003),
    ],
)
def test_a_change_that_does_not_fit_is_refused(simulator: Driver, changes: dict[str, object], errcode: int) -> None:
    body = {"media_id": drafted(simulator), "index": 0, "articles": article(simulator)} | changes
    assert simulator.call("/cgi-bin/draft/update", body).errcode == errcode


def test_a_deleted_draft_is_gone(simulator: Driver) -> None:
    media_id = drafted(simulator)
    assert simulator.call("/cgi-bin/draft/delete", {"media_id": media_id}).errcode == 0
    assert simulator.call("/cgi-bin/draft/delete", {"media_id": media_id}).errcode == 40007
    assert simulator.call("/cgi-bin/draft/get", {"media_id": media_id}).errcode == 40007


def test_drafts_are_counted_and_listed_the_newest_first(simulator: Driver) -> None:
    first = drafted(simulator)
    simulator.advance(60)
    second = drafted(simulator)
    assert simulator.ask("/cgi-bin/draft/count").data == {"total_count": 2}
    page = simulator.call("/cgi-bin/draft/batchget", {"offset": 0, "count": 20, "no_content": 1}).data
    assert [one["media_id"] for one in page["item"]] == [second, first]
    assert "content" not in page["item"][0]["content"]["news_item"][0]
    rest = simulator.call("/cgi-bin/draft/batchget", {"offset": 1, "count": 1}).data
    assert (rest["total_count"], rest["item_count"], rest["item"][0]["media_id"]) == (2, 1, first)
    assert rest["item"][0]["content"]["news_item"][0]["content"]
    for bad in ({"offset": 0, "count": 21}, {"offset": 0, "count": 0}, {"offset": -1, "count": 1}, {}):
        assert simulator.call("/cgi-bin/draft/batchget", bad).errcode == 40097


def test_the_page_of_an_article_is_readable_and_shut(simulator: Driver) -> None:
    (one,) = items(simulator, drafted(simulator, title="<提醒>", author="网格员"))
    page = simulator.get(one["url"].removeprefix(simulator.base))
    text = page.raw.decode()
    assert "<h1>&lt;提醒&gt;</h1>" in text
    assert "<p>请检查线路。</p>" in text
    assert "<script" not in text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert simulator.get("/s/none").status == 404


def test_a_mini_program_has_no_drafts(simulator: Driver) -> None:
    assert simulator.call(ADD, {"articles": []}, MINIPROGRAM).errcode == 48001


def test_drafts_survive_a_restart_and_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        media_id = drafted(first)
        first.post("/simulator/reset")
        before = items(first, media_id)
    with restarted(accounts, storage) as second:
        (one,), (was,) = items(second, media_id), before
        assert (one["title"], one["content"]) == (was["title"], was["content"])
