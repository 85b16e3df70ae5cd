"""Who is at the mini-program: login codes, the session key, the phone number (protocol sheet §9.1 to §9.3).

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.failures import BadRequest
from backend.wechat.retries import Repeat

SESSION_KEY_INVALID = 87009


@dataclass(frozen=True)
class Login:
    """The session key must never reach the phone."""

    openid: str
    session_key: str = field(repr=False)
    unionid: str = ""


@dataclass(frozen=True)
class PhoneNumber:
    """`number` without the country's code."""

    number: str = field(repr=False)
    country_code: str


class Logins:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def exchange(self, code: str) -> Login:
        """A code of wx.login: five minutes, once. A second time, or too late: BadRequest 40029 or 40163."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
        # Own call: wechatpy's adds a token that this interface does not ask for.
        query = {"js_code": code, "grant_type": "authorization_code"}
        answer = self._caller.with_secret("/sns/jscode2session", query)
        return _login(answer)

    def is_valid(self, openid: str, session_key: str) -> bool:
        """Whether the phone still holds this session; it ends with the next login."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/checkSessionKey.html
        try:
            self._caller.get("/wxa/checksession", _signed(openid, session_key))
        except BadRequest as refused:
            if refused.errcode == SESSION_KEY_INVALID:
                return False
            raise
        return True

    def renew(self, openid: str, session_key: str) -> Login:
        """A new session key in place of this one."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/ResetUserSessionKey.html
        return _login(self._caller.get("/wxa/resetusersessionkey", _signed(openid, session_key), Repeat.UNSENT))

    def phone_number(self, code: str, openid: str = "") -> PhoneNumber:
        """A code of the phone-number button, which is not the login's: five minutes, once, and charged."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
        body = {"code": code} | ({"openid": openid} if openid else {})
        answer = self._caller.post("/wxa/business/getuserphonenumber", body, Repeat.UNSENT)
        told = answer.part("phone_info")
        return PhoneNumber(told.filled("purePhoneNumber"), told.text("countryCode"))

    def is_genuine(self, encrypted_data: str) -> bool:
        """Whether these encrypted data came from the platform within the last three days."""
        # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/basic-info/checkEncryptedData.html
        digest = hashlib.sha256(encrypted_data.encode()).hexdigest()
        answer = self._caller.post("/wxa/business/checkencryptedmsg", {"encrypted_msg_hash": digest})
        return answer.flag("vaild")  # the platform spells it so


def _login(answer: Answer) -> Login:
    return Login(answer.filled("openid"), answer.filled("session_key"), answer.text("unionid", ""))


def _signed(openid: str, session_key: str) -> dict[str, str]:
    """The key is the text of the session key: the documentation does not say, the SDKs agree."""
    signature = hmac.new(session_key.encode(), b"", hashlib.sha256).hexdigest()
    return {"openid": openid, "signature": signature, "sig_method": "hmac_sha256"}
