"""Mass messages: to everybody, a tag, or a list; each person receives at most four a month (protocol sheet §4.4).

https://developers.weixin.qq.com/doc/service/api/notify/message/api_masssend
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.failures import BadRequest
from backend.wechat.retries import Repeat

SEND_ALL, SEND, PREVIEW = (f"/cgi-bin/message/mass/{name}" for name in ("sendall", "send", "preview"))
ALREADY_SENT = 45065
KEY_BYTES = 32
FEWEST, MOST = 2, 10_000
SPEEDS = range(5)


@dataclass(frozen=True)
class MassText:
    content: str


@dataclass(frozen=True)
class MassImages:
    media_ids: tuple[str, ...]
    recommend: str = ""


@dataclass(frozen=True)
class MassVoice:
    media_id: str


@dataclass(frozen=True)
class MassVideo:
    """`media_id` of `prepare_video`, not of the upload."""

    media_id: str


@dataclass(frozen=True)
class MassArticles:
    """A draft. Sending it uses it up."""

    media_id: str


MassContent = MassText | MassImages | MassVoice | MassVideo | MassArticles


class MassState(StrEnum):
    DONE = "SEND_SUCCESS"
    RUNNING = "SENDING"
    FAILED = "SEND_FAIL"
    DELETED = "DELETE"


@dataclass(frozen=True)
class MassJob:
    """Accepted, not sent: the outcome comes as MASSSENDJOBFINISH. `known` when the platform had it already."""

    msg_id: str
    data_id: str = ""
    known: bool = False


def content_of(content: MassContent) -> dict[str, Any]:
    match content:
        case MassText(text):
            return {"msgtype": "text", "text": {"content": text}}
        case MassImages(media_ids, recommend):
            images = {"media_ids": list(media_ids), "recommend": recommend, "need_open_comment": 0}
            return {"msgtype": "image", "images": images}
        case MassVoice(media_id):
            return {"msgtype": "voice", "voice": {"media_id": media_id}}
        case MassVideo(media_id):
            return {"msgtype": "mpvideo", "mpvideo": {"media_id": media_id}}
        case MassArticles(media_id):
            return {"msgtype": "mpnews", "mpnews": {"media_id": media_id}, "send_ignore_reprint": 0}


class Mass:
    """`key` (up to 32 bytes) lets the platform de-duplicate for a day; it is asked of every sender for that reason."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def send_to_all(self, content: MassContent, key: str) -> MassJob:
        """Once a day, four times a month."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_sendall
        return self._send(SEND_ALL, {"filter": {"is_to_all": True}}, content, key)

    def send_to_tag(self, tag_id: int, content: MassContent, key: str) -> MassJob:
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_sendall
        return self._send(SEND_ALL, {"filter": {"is_to_all": False, "tag_id": tag_id}}, content, key)

    def send_to(self, openids: Sequence[str], content: MassContent, key: str) -> MassJob:
        """2 to 10,000 people in one call."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_masssend
        return self._send(SEND, {"touser": list(openids)}, content, key)

    def preview(self, openid: str, content: MassContent) -> None:
        """To one person, outside her four a month; a hundred a day."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_preview
        self._caller.post(PREVIEW, {"touser": openid, **content_of(content)}, Repeat.UNSENT)

    def state(self, msg_id: str) -> MassState:
        """Raises NoAnswer for a state the house does not know: it is neither done nor failed."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_massmsgget
        return self._caller.post("/cgi-bin/message/mass/get", {"msg_id": msg_id}).chosen("msg_status", MassState)

    def delete(self, msg_id: str, article: int = 0) -> None:
        """Takes articles (all, or the nth) and videos back; what is read stays read. Ten a day."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_deletemassmsg
        body = {"msg_id": int(msg_id), "article_idx": article}
        self._caller.post("/cgi-bin/message/mass/delete", body)

    def speed(self) -> int:
        """0 fastest (800,000 recipients a minute) to 4 (100,000)."""
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_getspeed
        return self._caller.post("/cgi-bin/message/mass/speed/get", {}).integer("speed", among=SPEEDS)

    def set_speed(self, speed: int) -> None:
        # https://developers.weixin.qq.com/doc/service/api/notify/message/api_setspeed
        self._caller.post("/cgi-bin/message/mass/speed/set", {"speed": speed})

    def prepare_video(self, media_id: str, title: str, description: str) -> MassVideo:
        """From an uploaded video."""
        # https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
        body = {"media_id": media_id, "title": title, "description": description}
        return MassVideo(self._caller.post("/cgi-bin/media/uploadvideo", body).filled("media_id"))

    def _send(self, path: str, scope: dict[str, Any], content: MassContent, key: str) -> MassJob:
        body = scope | content_of(content) | {"clientmsgid": key}
        try:
            answer = self._caller.post(path, body, Repeat.ALWAYS if key else Repeat.UNSENT)
        except BadRequest as refused:
            if refused.errcode == ALREADY_SENT and "msg_id" in refused.answer:
                return _job(Answer(path, refused.answer), known=True)
            raise
        return _job(answer, known=False)


def _job(answer: Answer, known: bool) -> MassJob:
    return MassJob(answer.filled("msg_id"), answer.text("msg_data_id", ""), known)
