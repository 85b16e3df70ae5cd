"""Files on the platform: for three days, for good, and pictures inside articles (protocol sheet §4.7).

https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html
"""

import json
from dataclasses import dataclass
from datetime import datetime

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.transport import Download, Upload

_TYPES = {"image": "image/jpeg", "thumb": "image/jpeg", "voice": "audio/amr", "video": "video/mp4"}
GET, MATERIALS = "/cgi-bin/media/get", "/cgi-bin/material"


@dataclass(frozen=True)
class Media:
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Material:
    """`url` only for pictures."""

    media_id: str
    url: str = ""
    name: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True)
class MaterialCounts:
    images: int
    voices: int
    videos: int


class MediaShelf:
    """`kind` is image, voice, video or thumb. Own calls: wechatpy's repetition would send a consumed file, empty."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def upload(self, kind: str, filename: str, content: bytes) -> str:
        """Good for three days. Answers the media id."""
        # https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
        answer = self._caller.upload("/cgi-bin/media/upload", {"type": kind}, _file(kind, filename, content))
        return answer.text("media_id", "") or answer.filled("thumb_media_id")

    def download(self, media_id: str) -> Media:
        """What was uploaded, or what a person sent in the last three days; of a video see `video_url`."""
        # https://developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia
        return media_of(self._caller.download(GET, {"media_id": media_id}))

    def video_url(self, media_id: str) -> str:
        """A video does not come as bytes: the platform tells where it lies."""
        # https://developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia
        return self._caller.get(GET, {"media_id": media_id}).filled("video_url")

    def upload_for_article(self, filename: str, content: bytes) -> str:
        """A picture inside an article: the url that the article may use. JPG or PNG under 1 MB."""
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage
        answer = self._caller.upload("/cgi-bin/media/uploadimg", {}, _file("image", filename, content))
        return answer.filled("url")

    def add(self, kind: str, filename: str, content: bytes, title: str = "", introduction: str = "") -> Material:
        """For good. A video needs a title."""
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial
        description = {"title": title, "introduction": introduction}
        fields = {"description": json.dumps(description, ensure_ascii=False)} if kind == "video" else None
        file = _file(kind, filename, content)
        answer = self._caller.upload(f"{MATERIALS}/add_material", {"type": kind}, file, fields)
        return Material(answer.filled("media_id"), answer.text("url", ""), filename)

    def material(self, media_id: str) -> Media:
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterial
        return media_of(self._caller.download(f"{MATERIALS}/get_material", body={"media_id": media_id}))

    def material_video_url(self, media_id: str) -> str:
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterial
        return self._caller.post(f"{MATERIALS}/get_material", {"media_id": media_id}).filled("down_url")

    def remove(self, media_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_delmaterial
        self._caller.post(f"{MATERIALS}/del_material", {"media_id": media_id})

    def materials(self, kind: str, offset: int = 0, count: int = 20) -> list[Material]:
        """The newest first, twenty a page at most."""
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_batchgetmaterial
        body = {"type": kind, "offset": offset, "count": count}
        return [_material(item) for item in self._caller.post(f"{MATERIALS}/batchget_material", body).parts("item")]

    def counts(self) -> MaterialCounts:
        # https://developers.weixin.qq.com/doc/service/api/material/permanent/api_getmaterialcount
        answer = self._caller.get(f"{MATERIALS}/get_materialcount")
        return MaterialCounts(*(answer.integer(f"{kind}_count") for kind in ("image", "voice", "video")))


def media_of(file: Download) -> Media:
    return Media(file.content, file.content_type)


def _file(kind: str, filename: str, content: bytes) -> Upload:
    return Upload("media", filename, content, _TYPES[kind])


def _material(item: Answer) -> Material:
    updated = item.moment_if_any("update_time")
    return Material(item.filled("media_id"), item.text("url", ""), item.text("name", ""), updated)
