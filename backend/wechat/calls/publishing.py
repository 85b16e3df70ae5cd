"""Publishing a draft: submitted now, decided later, by PUBLISHJOBFINISH or by asking (protocol sheet §4.6).

https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.calls.drafts import Article, read
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
        return str(self._caller.post(f"{ROOT}/submit", {"media_id": media_id}, Repeat.UNSENT)["publish_id"])

    def state(self, publish_id: str) -> Publication:
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_get
        answer = self._caller.post(f"{ROOT}/get", {"publish_id": publish_id})
        items = answer.get("article_detail", {}).get("item", ())
        return Publication(
            PublishState(int(answer["publish_status"])),
            answer.get("article_id", ""),
            tuple(item["article_url"] for item in items),
            tuple(int(each) for each in answer.get("fail_idx", ())),
        )

    def article(self, article_id: str) -> tuple[Article, ...]:
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_getarticle
        answer = self._caller.post(f"{ROOT}/getarticle", {"article_id": article_id})
        return tuple(read(item) for item in answer["news_item"])

    def remove(self, article_id: str, index: int = 0) -> None:
        """One article by number from 1, or all of them with 0. Cannot be undone."""
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublishdelete
        self._caller.post(f"{ROOT}/delete", {"article_id": article_id, "index": index})

    def page(self, offset: int = 0, count: int = 20) -> list[Published]:
        # https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_batchget
        body = {"offset": offset, "count": count, "no_content": 0}
        return [_published(item) for item in self._caller.post(f"{ROOT}/batchget", body)["item"]]


def _published(item: dict[str, Any]) -> Published:
    return Published(item["article_id"], tuple(read(each) for each in item["content"]["news_item"]))
