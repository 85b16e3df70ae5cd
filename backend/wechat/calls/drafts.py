"""Articles: drafts, and their publication, which makes them public and tells nobody (protocol sheet §4.6).

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.wechat.answers import Answer
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
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
        body = {"articles": [write(article) for article in articles]}
        return self._caller.post("/cgi-bin/draft/add", body, Repeat.UNSENT).filled("media_id")

    def get(self, media_id: str) -> tuple[Article, ...]:
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_getdraft
        answer = self._caller.post("/cgi-bin/draft/get", {"media_id": media_id})
        return articles_in(answer)

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
        return self._caller.get("/cgi-bin/draft/count").integer("total_count")

    def page(self, offset: int = 0, count: int = 20) -> list[Draft]:
        """The newest first, twenty at most."""
        # https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_batchget
        body = {"offset": offset, "count": count, "no_content": 0}
        return [_draft(item) for item in self._caller.post("/cgi-bin/draft/batchget", body).parts("item")]


def _draft(item: Answer) -> Draft:
    return Draft(item.filled("media_id"), articles_in(item.part("content")), item.moment("update_time"))


def write(article: Article) -> dict[str, Any]:
    optional = {"author": article.author, "digest": article.digest, "content_source_url": article.source_url}
    given = {name: value for name, value in optional.items() if value}
    whole = {"title": article.title, "content": article.content, "thumb_media_id": article.thumb_media_id}
    return {"article_type": "news", **whole, **given}


def articles_in(content: Answer) -> tuple[Article, ...]:
    return tuple(_article(item) for item in content.parts("news_item"))


def _article(item: Answer) -> Article:
    return Article(
        title=item.text("title"),
        content=item.text("content", ""),
        thumb_media_id=item.text("thumb_media_id", ""),
        author=item.text("author", ""),
        digest=item.text("digest", ""),
        source_url=item.text("content_source_url", ""),
        url=item.text("url", ""),
    )
