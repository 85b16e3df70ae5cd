"""Uploaded files: kept for the chat page, valid for the interfaces for three days, or for good if permanent."""

import base64
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

LIFETIME = 3 * 86_400
BYTES_KEPT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Media:
    id: str
    app_id: str
    type: str
    content_type: str
    size: int
    created_at: float
    permanent: bool = False
    name: str = ""
    title: str = ""  # of a permanent video
    introduction: str = ""


class MediaShelf:
    """Holds the files in memory, or in a folder if there is one; the oldest go when it is too much."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._media: dict[str, Media] = {}
        self._bytes: dict[str, bytes] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def put(self, app_id: str, media_type: str, content_type: str, content: bytes, now: float) -> Media:
        media = Media(secrets.token_urlsafe(48), app_id, media_type, content_type, len(content), now)
        self._media[media.id] = media
        self._write(media.id, content)
        self._make_room()
        return media

    def make_permanent(self, media: Media, name: str, title: str = "", introduction: str = "") -> None:
        kept = replace(media, permanent=True, name=name, title=title, introduction=introduction)
        self._media[media.id] = kept

    def valid(self, media_id: str, app_id: str, now: float) -> Media | None:
        """What an interface accepts: the account's own, permanent or not older than three days."""
        media = self._media.get(media_id)
        if media is None or media.app_id != app_id:
            return None
        return media if media.permanent or now < media.created_at + LIFETIME else None

    def permanent(self, app_id: str, types: frozenset[str]) -> list[Media]:
        """The newest first."""
        kept = [one for one in self._media.values() if one.permanent and one.app_id == app_id and one.type in types]
        return kept[::-1]

    def remove(self, media_id: str) -> None:
        self._media.pop(media_id, None)
        self._remove(media_id)

    def get(self, media_id: str) -> Media | None:
        return self._media.get(media_id)

    def read(self, media: Media) -> bytes:
        """Empty when somebody removed the file from the folder."""
        if self._folder is None:
            return self._bytes.get(media.id, b"")
        path = self._folder / media.id
        return path.read_bytes() if path.exists() else b""

    def restore(self, media: list[Media]) -> None:
        self._media = {one.id: one for one in media}

    def listed(self) -> list[Media]:
        return list(self._media.values())

    def _write(self, media_id: str, content: bytes) -> None:
        if self._folder is None:
            self._bytes[media_id] = content
        else:
            (self._folder / media_id).write_bytes(content)

    def _make_room(self) -> None:
        total = sum(media.size for media in self._media.values())
        if total <= BYTES_KEPT:
            return
        for oldest in [media for media in self._media.values() if not media.permanent][:-1]:
            total -= oldest.size
            self.remove(oldest.id)
            if total <= BYTES_KEPT:
                return

    def _remove(self, media_id: str) -> None:
        self._bytes.pop(media_id, None)
        if self._folder:
            (self._folder / media_id).unlink(missing_ok=True)


def media_path(media_id: str) -> str:
    return f"/simulator/media/{media_id}"


def decode_data_url(text: str) -> bytes:
    """The bytes of a `data:…;base64,…` address. Raises ValueError."""
    head, found, body = text.partition(";base64,")
    if not found or not head.startswith("data:"):
        raise ValueError("no data address")
    return base64.b64decode(body, validate=True)
