"""A number that the platform vouches for, by a code of the phone-number button: five minutes, once, and charged."""

import orjson

from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.members import phones
from backend.members.rules import Proof
from backend.receipts.redemptions import Redemptions
from backend.sessions.arrivals import trouble
from backend.wechat.failures import GatewayError
from backend.wechat.gateway import Gateway
from models.accounts import AccountKind
from models.members import PhoneProof

_SPENT = "手机号授权已经失效，请再点一次「手机号快捷登记」。"


def proof_by_wechat(redemptions: Redemptions, gateway: Gateway, account: Account, openid: str, code: str) -> Proof:
    """The same code within two minutes: the same number, without asking again. Raises as `arrival` does."""
    if account.kind is not AccountKind.MINIPROGRAM:
        raise InvalidInput("phone_code_here", "这里不能用微信手机号登记，请到小程序里登记，或者请工作人员当面确认。")

    def work() -> str:
        try:
            told = gateway.logins.phone_number(code, openid)
        except GatewayError as error:
            raise trouble(error, _SPENT) from error
        return orjson.dumps([told.number, told.country_code]).decode()

    number, country = orjson.loads(redemptions.redeem(f"phone:{account.app_id}:{openid}", code, work))
    return Proof(phones.normal(number, country), PhoneProof.WECHAT)
