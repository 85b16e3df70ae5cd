"""Every call about files, drafts and what is published of them (protocol sheet §4.6, §4.7)."""

from typing import Any

from backend.wechat.calls.drafts import Article
from tests.contracts.gateway.given import JPG, MP4, Given
from tests.contracts.gateway.lines import ANY, OFFICIAL, OFFICIAL_JSON, Line, only

DRAFT, PUBLISH, MATERIAL = "/cgi-bin/draft", "/cgi-bin/freepublish", "/cgi-bin/material"
PUBLISHING = (*OFFICIAL_JSON, 53503, 53504, 53505, 53600)


def _image(given: Given) -> str:
    return given.gateway.media.upload("image", "a.jpg", JPG)


def _video(given: Given) -> str:
    return given.gateway.media.upload("video", "a.mp4", MP4)


def _kept_image(given: Given) -> str:
    return given.gateway.media.add("image", "a.jpg", JPG).media_id


def _kept_video(given: Given) -> str:
    return given.gateway.media.add("video", "a.mp4", MP4, "片").media_id


def _article(given: Given) -> Article:
    return Article("停水通知", "<p>明天停水</p>", given.thumb())


def _draft_and_article(given: Given) -> tuple[str, Article]:
    return given.draft(), _article(given)


def _update(given: Given, prepared: Any) -> None:
    media_id, article = prepared
    given.gateway.drafts.update(media_id, 0, article)


def _draft(given: Given) -> str:
    return given.draft()


def _published(given: Given) -> str:
    return given.published()


LINES = {
    "media.upload": Line(
        "/cgi-bin/media/upload", only(lambda given: given.gateway.media.upload("image", "a.jpg", JPG)), OFFICIAL
    ),
    "media.upload mini-program's": Line(
        "/cgi-bin/media/upload", only(lambda given: given.mini.media.upload("image", "a.jpg", JPG)), ANY
    ),
    "media.download": Line(
        "/cgi-bin/media/get", lambda given, media_id: given.gateway.media.download(media_id), OFFICIAL, _image
    ),
    "media.video_url": Line(
        "/cgi-bin/media/get", lambda given, media_id: given.gateway.media.video_url(media_id), OFFICIAL, _video
    ),
    "media.upload_for_article": Line(
        "/cgi-bin/media/uploadimg",
        only(lambda given: given.gateway.media.upload_for_article("a.jpg", JPG)),
        OFFICIAL,
    ),
    "media.add": Line(
        f"{MATERIAL}/add_material", only(lambda given: given.gateway.media.add("image", "a.jpg", JPG)), OFFICIAL
    ),
    "media.material": Line(
        f"{MATERIAL}/get_material",
        lambda given, media_id: given.gateway.media.material(media_id),
        OFFICIAL_JSON,
        _kept_image,
    ),
    "media.material_video_url": Line(
        f"{MATERIAL}/get_material",
        lambda given, media_id: given.gateway.media.material_video_url(media_id),
        OFFICIAL_JSON,
        _kept_video,
    ),
    "media.remove": Line(
        f"{MATERIAL}/del_material",
        lambda given, media_id: given.gateway.media.remove(media_id),
        OFFICIAL_JSON,
        _kept_image,
    ),
    "media.materials": Line(
        f"{MATERIAL}/batchget_material", only(lambda given: given.gateway.media.materials("image")), OFFICIAL_JSON
    ),
    "media.counts": Line(f"{MATERIAL}/get_materialcount", only(lambda given: given.gateway.media.counts()), OFFICIAL),
    "drafts.add": Line(
        f"{DRAFT}/add", lambda given, article: given.gateway.drafts.add([article]), OFFICIAL_JSON, _article
    ),
    "drafts.get": Line(
        f"{DRAFT}/get", lambda given, media_id: given.gateway.drafts.get(media_id), OFFICIAL_JSON, _draft
    ),
    "drafts.update": Line(f"{DRAFT}/update", _update, OFFICIAL_JSON, _draft_and_article),
    "drafts.remove": Line(
        f"{DRAFT}/delete", lambda given, media_id: given.gateway.drafts.remove(media_id), OFFICIAL_JSON, _draft
    ),
    "drafts.count": Line(f"{DRAFT}/count", only(lambda given: given.gateway.drafts.count()), OFFICIAL),
    "drafts.page": Line(f"{DRAFT}/batchget", only(lambda given: given.gateway.drafts.page()), OFFICIAL_JSON),
    "publishing.submit": Line(
        f"{PUBLISH}/submit", lambda given, media_id: given.gateway.publishing.submit(media_id), PUBLISHING, _draft
    ),
    "publishing.state": Line(
        f"{PUBLISH}/get",
        lambda given, publish_id: given.gateway.publishing.state(publish_id),
        PUBLISHING,
        lambda given: given.gateway.publishing.submit(given.draft()),
    ),
    "publishing.article": Line(
        f"{PUBLISH}/getarticle",
        lambda given, article_id: given.gateway.publishing.article(article_id),
        PUBLISHING,
        _published,
    ),
    "publishing.remove": Line(
        f"{PUBLISH}/delete",
        lambda given, article_id: given.gateway.publishing.remove(article_id),
        PUBLISHING,
        _published,
    ),
    "publishing.page": Line(
        f"{PUBLISH}/batchget", only(lambda given: given.gateway.publishing.page()), PUBLISHING, _published
    ),
}
