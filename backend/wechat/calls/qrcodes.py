"""QR codes with parameters: what a scan says, and the platform's picture of it (protocol sheet §7).

https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
"""

from dataclasses import dataclass
from typing import Any

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.calls.media import Media, media_of
from backend.wechat.catalogue import Catalogue
from backend.wechat.retries import Repeat
from backend.wechat.transport import Transport


@dataclass(frozen=True)
class ParameterQR:
    """`url` is what the code says; `ticket` fetches the platform's picture of it."""

    ticket: str
    url: str
    seconds: int | None


class QRCodes:
    """`pictures` carries to the host of the pictures, which is another one and asks no token."""

    def __init__(self, caller: Caller, pictures: Transport) -> None:
        self._wechat, self._pictures = Catalogue(caller, Repeat.ALWAYS), pictures

    def create(self, scene: str, seconds: int | None) -> ParameterQR:
        """A code that says `scene` (1 to 64 characters) when scanned.

        With seconds: up to thirty days. Without: permanent, 100,000 in all for an account.
        """
        # https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
        name = "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE"
        body: dict[str, Any] = {"action_name": name, "action_info": {"scene": {"scene_str": scene}}}
        if seconds is not None:
            body["expire_seconds"] = seconds
        answer: Answer = self._wechat.qrcode.create(body)
        return ParameterQR(answer.filled("ticket"), answer.filled("url"), seconds)

    def picture(self, ticket: str) -> Media:
        # Own call: wechatpy's has the host written into it and no time-out.
        # https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html
        return media_of(self._pictures.download("/cgi-bin/showqrcode", {"ticket": ticket}))
