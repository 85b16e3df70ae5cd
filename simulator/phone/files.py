"""Files that a person sends: taken from the request, told by content, put on the platform's shelf."""

from dataclasses import dataclass

from aiohttp import web

from simulator.phone.door import Refused
from simulator.phone.visits import Visit
from simulator.rules.filetypes import CONTENT_TYPES, file_type

PICTURE_BYTES = 10 * 1024 * 1024
VOICE_BYTES = 2 * 1024 * 1024
_PICTURES = {"jpg", "png", "gif", "bmp"}
_VOICES = {"amr", "mp3", "wav", "ogg", "webm", "mp4"}  # the last four are what browsers record


@dataclass(frozen=True, slots=True)
class Recording:
    id: str
    format: str


async def files_of(form: web.Request) -> list[bytes]:
    """All parts of the name `file`."""
    if not form.content_type.startswith("multipart/"):
        return []
    try:
        parts = (await form.post()).getall("file", [])
    except ValueError as broken:
        raise Refused("上传的内容读不出来。") from broken
    return [_content(part) for part in parts if isinstance(part, web.FileField)]


def _content(part: web.FileField) -> bytes:
    with part.file:
        return part.file.read()


async def file_of(request: web.Request) -> bytes:
    files = await files_of(request)
    if not files or not files[0]:
        raise Refused("请选择一个文件。")
    return files[0]


def keep_picture(visit: Visit, content: bytes) -> str:
    """The media id."""
    if file_type(content) not in _PICTURES:
        raise Refused("图片应为 JPG、PNG、GIF 或 BMP。", 415)
    if len(content) > PICTURE_BYTES:
        raise Refused("图片不能超过 10 MB。", 413)
    return _keep(visit, "image", content)


def keep_voice(visit: Visit, content: bytes) -> Recording:
    """The real client always records AMR; what a browser recorded is stored as it is and called amr."""
    kind = file_type(content)
    if kind not in _VOICES:
        raise Refused("语音应为 AMR、MP3、WAV、OGG、WebM 或 MP4 录音。", 415)
    if len(content) > VOICE_BYTES:
        raise Refused("语音不能超过 2 MB。", 413)
    return Recording(_keep(visit, "voice", content), "amr")


def _keep(visit: Visit, media_type: str, content: bytes) -> str:
    content_type = CONTENT_TYPES[file_type(content)]
    if media_type == "voice":
        content_type = content_type.replace("video/", "audio/")
    media = visit.platform.media.put(visit.account.app_id, media_type, content_type, content, visit.platform.now())
    return media.id
