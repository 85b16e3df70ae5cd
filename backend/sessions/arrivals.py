"""Who arrives with a code: the platform is asked, and what it says against somebody becomes a sentence."""

from dataclasses import dataclass, field

from backend.errors import Forbidden, HouseError, InvalidInput, Unavailable
from backend.wechat.failures import GatewayError, Refused
from backend.wechat.gateway import Gateway
from models.accounts import AccountKind

_SPENT = (40003, 40029, 40163)  # the first: a phone code of somebody else's phone
_HIGH_RISK = 40226
_SORRY = "微信暂时没有回应，请稍后再试。"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The session key is not held: nothing here needs it, and what is not held cannot leak."""

    openid: str = field(repr=False)
    unionid: str = field(repr=False)


def arrival(gateway: Gateway, kind: AccountKind, code: str) -> Arrival:
    """Raises InvalidInput for a code that is spent and for a snapshot page, Forbidden for whom the platform blocks,
    Unavailable when it does not answer."""
    try:
        if kind is AccountKind.OFFICIAL:
            visitor = gateway.oauth.exchange(code)
            return Arrival(visitor.openid, visitor.unionid)
        login = gateway.logins.exchange(code)
        return Arrival(login.openid, login.unionid)
    except GatewayError as error:
        raise trouble(error, "登录凭证已经失效，请重新进入小程序。") from error


def trouble(error: GatewayError, spent: str) -> HouseError:
    """What is said to somebody whose code the platform did not exchange."""
    if isinstance(error, Refused) and error.errcode in _SPENT:
        return InvalidInput("code_spent", spent)
    if isinstance(error, Refused) and error.errcode == _HIGH_RISK:
        return Forbidden("visitor_blocked", "微信提示这个账号有风险，现在不能登录。请到社区服务站办理，或者打 12345。")
    return Unavailable("wechat_unavailable", _SORRY)
