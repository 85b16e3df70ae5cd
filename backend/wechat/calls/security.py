"""Content security: texts and pictures of people, before others see them (protocol sheet §9.5).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from backend.wechat.caller import Caller
from backend.wechat.retries import Repeat

VERSION = 2
LONGEST_TEXT = 2_500
RANKS = range(5)


class CheckScene(IntEnum):
    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL = 4


class CheckedMedia(IntEnum):
    AUDIO = 1
    IMAGE = 2


class Suggestion(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    REVIEW = "review"
    RISKY = "risky"


@dataclass(frozen=True)
class Verdict:
    """Decide on `suggestion`; `label` (100 normal, 10001 advertising …) is for the reviewer. REVIEW needs a human."""

    suggestion: Suggestion
    label: int
    trace_id: str


class Security:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def check_text(self, openid: str, content: str, scene: CheckScene, title: str = "") -> Verdict:
        """Up to 2,500 characters, of a person who was at the mini-program within two hours (else BadRequest 61010).

        Raises NoAnswer for a suggestion the house does not know: nothing was found good, nor bad.
        """
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html
        # Own call: wechatpy's is version 1, frozen since 2021.
        body = {"version": VERSION, "openid": openid, "scene": int(scene), "content": content}
        answer = self._caller.post("/wxa/msg_sec_check", body | ({"title": title} if title else {}))
        told = answer.part("result")
        return Verdict(told.chosen("suggest", Suggestion), told.integer("label"), answer.text("trace_id", ""))

    def check_media(self, openid: str, url: str, kind: CheckedMedia, scene: CheckScene) -> str:
        """The trace id: the verdict comes as the event wxa_media_check within half an hour, or never."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/mediaCheckAsync.html
        body = {"version": VERSION, "openid": openid, "scene": int(scene), "media_url": url, "media_type": int(kind)}
        return self._caller.post("/wxa/media_check_async", body, Repeat.UNSENT).filled("trace_id")

    def risk_rank(self, openid: str, scene: int, client_ip: str, phone: str = "") -> int:
        """0 (none known) to 4. `scene`: 0 registration, 1 marketing cheats."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/safety-control-capability/getUserRiskRank.html
        body = {"appid": self._caller.app_id, "openid": openid, "scene": scene, "client_ip": client_ip}
        body |= {"mobile_no": phone} if phone else {}
        return self._caller.post("/wxa/getuserriskrank", body).integer("risk_rank", among=RANKS)
