"""What goes wrong with files, drafts and publishing (protocol sheet §4.6, §4.7).

Files of the wrong kind or size stand in test_refusals.
"""

from dataclasses import replace
from typing import Any

from backend.wechat.calls.drafts import Article
from tests.contracts.gateway.given import AMR, JPG, MP4, UNCERTIFIED, Given
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import Act, Mistake, Prepare, bad_request, fatal

GIF = b"GIF89a" + bytes(64)
MINUTE_OF_AMR = b"#!AMR\n" + (b"\x04" + bytes(12)) * 3001
"""Frames of a fiftieth of a second; one more than sixty seconds."""


def _add(given: Given, article: Any) -> None:
    given.gateway.drafts.add([article])


def _article(**changes: Any) -> Prepare:
    return lambda given: replace(Article("停水通知", "<p>明天停水</p>", given.thumb()), **changes)


def _with_temporary_thumb(given: Given) -> Article:
    return Article("停水通知", "<p>明天停水</p>", given.gateway.media.upload("thumb", "a.jpg", JPG))


def _add_many(count: int) -> Act:
    return lambda given, article: given.gateway.drafts.add([article] * count)


def _update(given: Given, prepared: Any) -> None:
    media_id, index, article = prepared
    given.gateway.drafts.update(media_id, index, article)


def _second_of_one(given: Given) -> tuple[str, int, Article]:
    return given.draft(), 1, Article("停水通知", "<p>明天停水</p>", given.thumb())


def _of_no_draft(given: Given) -> tuple[str, int, Article]:
    return "unknown", 0, Article("停水通知", "<p>明天停水</p>", given.thumb())


def _submit(given: Given, media_id: str) -> None:
    given.gateway.publishing.submit(media_id)


def _while_refused(errcode: int) -> Prepare:
    def prepare(given: Given) -> str:
        given.settings(publish_refusal=errcode)
        return given.draft()

    return prepare


def _submitted(given: Given) -> str:
    media_id = given.draft()
    _submit(given, media_id)
    return media_id


def _remove_second(given: Given, article_id: str) -> None:
    given.gateway.publishing.remove(article_id, 2)


def _removed(given: Given) -> str:
    media_id = given.gateway.media.add("image", "a.jpg", JPG).media_id
    given.gateway.media.remove(media_id)
    return media_id


def _publish_uncertified(given: Given, _: object) -> None:
    given.connected(UNCERTIFIED).publishing.page()


FILES: dict[str, Mistake] = {
    "a voice of more than a minute": bad_request(
        45007, only(lambda given: given.gateway.media.upload("voice", "a.amr", MINUTE_OF_AMR))
    ),
    "a voice of two megabytes and more": bad_request(
        40010, only(lambda given: given.gateway.media.upload("voice", "a.amr", AMR + bytes(2 * 1024 * 1024)))
    ),
    "a video of ten megabytes and more": bad_request(
        40011, only(lambda given: given.gateway.media.upload("video", "a.mp4", MP4 + bytes(10 * 1024 * 1024)))
    ),
    "a video without a title": bad_request(47001, only(lambda given: given.gateway.media.add("video", "a.mp4", MP4))),
    "a moving picture in an article": bad_request(
        40005, only(lambda given: given.gateway.media.upload_for_article("a.gif", GIF))
    ),
    "a picture of a megabyte in an article": bad_request(
        40009, only(lambda given: given.gateway.media.upload_for_article("a.jpg", JPG + bytes(1024 * 1024)))
    ),
    "a picture for an article that is empty": bad_request(
        41005, only(lambda given: given.gateway.media.upload_for_article("a.jpg", b""))
    ),
    "material that is not there": bad_request(40007, only(lambda given: given.gateway.media.material("unknown"))),
    "material that was removed": bad_request(
        40007, lambda given, media_id: given.gateway.media.material(media_id), _removed
    ),
    "removing material that is not there": bad_request(
        40007, only(lambda given: given.gateway.media.remove("unknown"))
    ),
    "material of an unknown kind": bad_request(40004, only(lambda given: given.gateway.media.materials("paper"))),
    "21 materials in a page": bad_request(40097, only(lambda given: given.gateway.media.materials("image", count=21))),
    "the address of a video that is not there": bad_request(
        40007, only(lambda given: given.gateway.media.video_url("unknown"))
    ),
}
DRAFTS: dict[str, Mistake] = {
    "a draft without an article": bad_request(44003, _add_many(0)),
    "a draft of nine articles": bad_request(45008, _add_many(9), _article()),
    "an article without a title": bad_request(45003, _add, _article(title="")),
    "a title of 33 characters": bad_request(45003, _add, _article(title="长" * 33)),
    "an author of 17 characters": bad_request(45110, _add, _article(author="长" * 17)),
    "a digest of 129 characters": bad_request(45004, _add, _article(digest="长" * 129)),
    "an article of 20,000 characters": bad_request(45002, _add, _article(content="长" * 20_000)),
    "an article without words": bad_request(44004, _add, _article(content="")),
    "an article with too long a source": bad_request(45005, _add, _article(source_url="https://e.org/" + "x" * 1024)),
    "an article without a picture": bad_request(40007, _add, _article(thumb_media_id="")),
    "an article with a picture of three days": bad_request(40007, _add, _with_temporary_thumb),
    "changing an article that the draft has not": bad_request(40114, _update, _second_of_one),
    "changing a draft that is not there": bad_request(40007, _update, _of_no_draft),
    "a draft that is not there": bad_request(40007, only(lambda given: given.gateway.drafts.get("unknown"))),
    "removing a draft that is not there": bad_request(
        40007, only(lambda given: given.gateway.drafts.remove("unknown"))
    ),
    "21 drafts in a page": bad_request(40097, only(lambda given: given.gateway.drafts.page(count=21))),
}
PUBLISHING: dict[str, Mistake] = {
    "publishing a draft twice": bad_request(40007, _submit, _submitted),
    "publishing a draft that failed the check": bad_request(53503, _submit, _while_refused(53503)),
    "publishing a draft only the web site can": bad_request(53504, _submit, _while_refused(53504)),
    "publishing a draft nobody saved": bad_request(53505, _submit, _while_refused(53505)),
    "the state of an unknown publishing": bad_request(53600, only(lambda given: given.gateway.publishing.state("1"))),
    "an article that is not published": bad_request(
        53600, only(lambda given: given.gateway.publishing.article("unknown"))
    ),
    "taking back an article that the publishing has not": bad_request(
        40114, _remove_second, lambda given: given.published()
    ),
    "21 publishings in a page": bad_request(40097, only(lambda given: given.gateway.publishing.page(count=21))),
    "publishing from an account without certificate": fatal(48001, _publish_uncertified),
}
MISTAKES = {**FILES, **DRAFTS, **PUBLISHING}
