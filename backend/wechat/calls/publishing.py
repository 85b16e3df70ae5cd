"""Publishing a draft: submitted now, decided later, by PUBLISHJOBFINISH or by asking (protocol sheet §4.6).

https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
"""

from dataclasses import dataclass
from enum import IntEnum

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.calls.drafts import Article, articles_in
from backend.wechat.retries import Repeat

ROOT = "/cgi-bin/freepublish"


class PublishState(IntEnum):
    DONE = 0
    RUNNING = 1
    NOT_ORIGINAL = 2
    FAILED = 3
    REFUSED = 4
    DELETED = 5
    BANNED = 6


@dataclass(frozen=True)
class Publication:
    """`urls` one for each article; `failed` the articles that did not pass, counted from 1."""

    state: PublishState
    article_id: str = ""
    urls: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Published:
    article_id: str
    articles: tuple[Article, ...]


class Publishing:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def submit(self, media_id: str) -> str:
        """The publish id. A hundred a day."""
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
        return self._caller.post(f"{ROOT}/submit", {"media_id": media_id}, Repeat.UNSENT).filled("publish_id")

    def state(self, publish_id: str) -> Publication:
        """Raises NoAnswer for a state the house does not know: it is neither done nor failed."""
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_get
        answer = self._caller.post(f"{ROOT}/get", {"publish_id": publish_id})
        items = answer.part("article_detail", optional=True).parts("item", optional=True)
        return Publication(
            answer.chosen("publish_status", PublishState),
            answer.text("article_id", ""),
            tuple(item.text("article_url") for item in items),
            tuple(answer.integers("fail_idx", optional=True)),
        )

    def article(self, article_id: str) -> tuple[Article, ...]:
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublishgetarticle
        return articles_in(self._caller.post(f"{ROOT}/getarticle", {"article_id": article_id}))

    def remove(self, article_id: str, index: int = 0) -> None:
        """One article by number from 1, or all of them with 0. Cannot be undone."""
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublishdelete
        self._caller.post(f"{ROOT}/delete", {"article_id": article_id, "index": index})

    def page(self, offset: int = 0, count: int = 20) -> list[Published]:
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_batchget
        body = {"offset": offset, "count": count, "no_content": 0}
        return [_published(item) for item in self._caller.post(f"{ROOT}/batchget", body).parts("item")]


def _published(item: Answer) -> Published:
    return Published(item.filled("article_id"), articles_in(item.part("content")))
