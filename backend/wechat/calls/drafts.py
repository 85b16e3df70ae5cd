"""Articles: drafts, and their publication, which makes them public and tells nobody (protocol sheet §4.6).

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend import clock
from backend.wechat.caller import Caller
from backend.wechat.retries import Repeat


@dataclass(frozen=True)
class Article:
    """`content` is HTML; its pictures come from `MediaShelf.upload_for_article`. `thumb_media_id` is a permanent one.

    Limits: title 32 characters, author 16, digest 128, content 20,000.
    """

    title: str
    content: str
    thumb_media_id: str
    author: str = ""
    digest: str = ""
    source_url: str = ""
    url: str = ""  # told by the platform, of what is published


@dataclass(frozen=True)
class Draft:
    media_id: str
    articles: tuple[Article, ...]
    updated_at: datetime


class Drafts:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def add(self, articles: Sequence[Article]) -> str:
        """The media id, for publishing or for one mass message."""
        body = {"articles": [write(article) for article in articles]}
        return str(self._caller.post("/cgi-bin/draft/add", body, Repeat.UNSENT)["media_id"])

    def get(self, media_id: str) -> tuple[Article, ...]:
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_getdraft
        answer = self._caller.post("/cgi-bin/draft/get", {"media_id": media_id})
        return tuple(read(item) for item in answer["news_item"])

    def update(self, media_id: str, index: int, article: Article) -> None:
        """The one at `index`, from 0."""
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_update
        body = {"media_id": media_id, "index": index, "articles": write(article)}
        self._caller.post("/cgi-bin/draft/update", body)

    def remove(self, media_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_delete
        self._caller.post("/cgi-bin/draft/delete", {"media_id": media_id})

    def count(self) -> int:
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_count
        return int(self._caller.get("/cgi-bin/draft/count")["total_count"])

    def page(self, offset: int = 0, count: int = 20) -> list[Draft]:
        """The newest first, twenty at most."""
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_batchget
        body = {"offset": offset, "count": count, "no_content": 0}
        return [_draft(item) for item in self._caller.post("/cgi-bin/draft/batchget", body)["item"]]


def _draft(item: dict[str, Any]) -> Draft:
    articles = tuple(read(each) for each in item["content"]["news_item"])
    return Draft(item["media_id"], articles, clock.from_timestamp(int(item["update_time"])))


def write(article: Article) -> dict[str, Any]:
    optional = {"author": article.author, "digest": article.digest, "content_source_url": article.source_url}
    given = {name: value for name, value in optional.items() if value}
    whole = {"title": article.title, "content": article.content, "thumb_media_id": article.thumb_media_id}
    return {"article_type": "news", **whole, **given}


def read(item: dict[str, Any]) -> Article:
    return Article(
        title=item["title"],
        content=item.get("content", ""),
        thumb_media_id=item.get("thumb_media_id", ""),
        author=item.get("author", ""),
        digest=item.get("digest", ""),
        source_url=item.get("content_source_url", ""),
        url=item.get("url", ""),
    )
