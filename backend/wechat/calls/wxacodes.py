"""Codes and links that open a page of the mini-program (protocol sheet §9.4).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.calls.media import Media, media_of

MOST_DAYS = 30


class Version(StrEnum):
    RELEASE = "release"
    TRIAL = "trial"
    DEVELOP = "develop"


@dataclass(frozen=True)
class CodeLook:
    """`width` 280 to 1280. A transparent code is a PNG, others are JPEG."""

    width: int = 430
    colour: tuple[int, int, int] | None = None
    transparent: bool = False

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"width": self.width, "is_hyaline": self.transparent}
        if self.colour:
            body["line_color"] = dict(zip("rgb", self.colour, strict=True))
        return body


class WxaCodes:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def for_scene(
        self,
        scene: str,
        page: str = "",
        version: Version = Version.RELEASE,
        check_page: bool = True,
        look: CodeLook | None = None,
    ) -> Media:
        """Any number of them, for ever. `scene`: 1 to 32 visible ASCII characters without %; page without a query."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
        body = {"scene": scene, "check_path": check_page, "env_version": version.value, **(look or CodeLook()).body()}
        body |= {"page": page} if page else {}
        return media_of(self._caller.download("/wxa/getwxacodeunlimit", body=body))

    def for_path(self, path: str, version: Version = Version.RELEASE, look: CodeLook | None = None) -> Media:
        """100,000 in all, with `square`; `path` may carry a query, 1,024 bytes at most."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getQRCode.html
        body = {"path": path, "env_version": version.value, **(look or CodeLook()).body()}
        return media_of(self._caller.download("/wxa/getwxacode", body=body))

    def square(self, path: str, width: int = 430) -> Media:
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/createQRCode.html
        return media_of(self._caller.download("/cgi-bin/wxaapp/createwxaqrcode", body={"path": path, "width": width}))


class Links:
    """Links for text messages and web pages. Each lives thirty days at most."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def url(self, path: str, query: str = "", days: int = MOST_DAYS, version: Version = Version.RELEASE) -> str:
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/url-link/generateUrlLink.html
        body = {"path": path, "query": query, "env_version": version.value, **_for_days(days)}
        return str(self._caller.post("/wxa/generate_urllink", body)["url_link"])

    def url_until(self, moment: datetime, path: str, query: str = "", version: Version = Version.RELEASE) -> str:
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/url-link/generateUrlLink.html
        body = {"path": path, "query": query, "env_version": version.value, **_until(moment)}
        return str(self._caller.post("/wxa/generate_urllink", body)["url_link"])

    def scheme(self, path: str, query: str = "", days: int = MOST_DAYS, version: Version = Version.RELEASE) -> str:
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/url-scheme/generateScheme.html
        target = {"path": path, "query": query, "env_version": version.value}
        body = {"jump_wxa": target, "is_expire": True, **_for_days(days)}
        return str(self._caller.post("/wxa/generatescheme", body)["openlink"])


def _for_days(days: int) -> dict[str, int]:
    return {"expire_type": 1, "expire_interval": days}


def _until(moment: datetime) -> dict[str, int]:
    return {"expire_type": 0, "expire_time": int(moment.timestamp())}
