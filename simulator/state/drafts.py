"""Drafts and what became of them: published articles, and the jobs that publish (protocol §4.6).

State and pure rules; who asks and who is told stands in api/drafts.py and api/publishing.py. An article is kept as the
interfaces show it, with a `slug` of its own: the page /s/<slug>.
"""

import secrets
from dataclasses import dataclass, field

from simulator.shapes import JsonObject, string
from simulator.state.media import media_path


@dataclass(slots=True)
class Draft:
    media_id: str
    articles: list[JsonObject]
    created_at: float
    updated_at: float


@dataclass(slots=True)
class Published:
    """A public article; `is_deleted` in an article says that its author took it away."""

    article_id: str
    articles: list[JsonObject]
    created_at: float
    updated_at: float

    @property
    def gone(self) -> bool:
        return all(article.get("is_deleted") for article in self.articles)


@dataclass(slots=True)
class Publishing:
    """A job of freepublish/submit: what it will find, and from when on it says so."""

    publish_id: str
    article_id: str
    status: int
    done_at: float | None  # None: never
    fail_idx: list[int] = field(default_factory=list)


def new_media_id() -> str:
    return secrets.token_urlsafe(48)


def new_slug() -> str:
    return secrets.token_urlsafe(16)


def page_path(article: JsonObject) -> str:
    """Where the simulator shows it; the base address of the request comes before it."""
    return f"/s/{article.get('slug', '')}"


def card(article: JsonObject) -> JsonObject:
    """What a chat shows of it; the addresses are paths of the simulator."""
    texts = {"title": string(article, "title"), "description": string(article, "digest")}
    return texts | {"picurl": media_path(string(article, "thumb_media_id")), "url": page_path(article)}


def published_from(draft: Draft, now: float) -> Published:
    """The public copy of a draft, under an id and addresses of its own. The draft itself is the caller's to delete."""
    articles = [article | {"slug": new_slug(), "is_deleted": False} for article in draft.articles]
    return Published(new_media_id(), articles, now, now)
