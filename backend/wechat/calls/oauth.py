"""Web authorisation: who opens our page inside WeChat (protocol sheet §8).

https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from backend.errors import InvalidInput
from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.failures import RecipientUnreachable, VisitorTokenRefused

AUTHORIZE = "https://open.weixin.qq.com"


class Scope(StrEnum):
    BASE = "snsapi_base"  # silent, the openid only
    PROFILE = "snsapi_userinfo"  # asks the person first


@dataclass(frozen=True)
class Visitor:
    """The token is this person's and unrelated to the account's; it lives two hours, `refresh_token` thirty days."""

    openid: str
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str
    unionid: str = ""


@dataclass(frozen=True)
class Profile:
    openid: str
    nickname: str = field(repr=False)
    picture_url: str = field(repr=False)
    unionid: str = ""


class SnapshotVisitor(InvalidInput):
    """The page was opened as a snapshot: a virtual person with a meaningless openid, who must not be stored."""


class OAuth:
    def __init__(self, caller: Caller, pages: str = AUTHORIZE) -> None:
        self._caller, self._pages = caller, pages.rstrip("/")

    def address(self, redirect: str, state: str, scope: Scope = Scope.BASE) -> str:
        """Where to send the browser. The order of the parameters matters to old clients."""
        # https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
        query = (
            f"appid={self._caller.app_id}&redirect_uri={quote(redirect, safe='')}&response_type=code"
            f"&scope={scope.value}&state={quote(state, safe='')}"
        )
        return f"{self._pages}/connect/oauth2/authorize?{query}#wechat_redirect"

    def exchange(self, code: str) -> Visitor:
        """A code: five minutes, once. Raises SnapshotVisitor, and BadRequest 40029 or 40163 for a used or old code."""
        # https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
        query = {"code": code, "grant_type": "authorization_code"}
        answer = self._caller.with_secret("/sns/oauth2/access_token", query)
        if answer.flag("is_snapshotuser", False):
            raise SnapshotVisitor("snapshot_visitor", "您打开的是快照页，请点页面上的「使用完整服务」后再试。")
        return _visitor(answer)

    def refresh(self, refresh_token: str) -> Visitor:
        # https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken
        query = {"appid": self._caller.app_id, "grant_type": "refresh_token", "refresh_token": refresh_token}
        return _visitor(self._caller.for_visitor("/sns/oauth2/refresh_token", query))

    def is_valid(self, visitor: Visitor) -> bool:
        # https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth
        try:
            self._caller.for_visitor("/sns/auth", {"access_token": visitor.token, "openid": visitor.openid})
        except (RecipientUnreachable, VisitorTokenRefused):
            return False
        return True

    def profile(self, visitor: Visitor) -> Profile:
        """Needs Scope.PROFILE. Sex and region are blank nowadays and not read."""
        # https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo
        query = {"access_token": visitor.token, "openid": visitor.openid, "lang": "zh_CN"}
        answer = self._caller.for_visitor("/sns/userinfo", query)
        picture, unionid = answer.text("headimgurl", ""), answer.text("unionid", "")
        return Profile(answer.filled("openid"), answer.text("nickname"), picture, unionid)


def _visitor(answer: Answer) -> Visitor:
    return Visitor(
        answer.filled("openid"),
        answer.filled("access_token"),
        answer.filled("refresh_token"),
        answer.text("scope", ""),
        answer.text("unionid", ""),
    )
