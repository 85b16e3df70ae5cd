"""One token for all processes: fetched once, renewed once, and a refused one costs one refresh and one repetition."""

from functools import partial

import pytest

from backend.storage.kv import KV
from backend.wechat.calls.custom import CustomText
from backend.wechat.calls.users import UserInfo
from backend.wechat.failures import CredentialRefused, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.tokens import Credential, Tokens
from backend.wechat.transport import Transport
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.simulated import Phone, Platform
from tests.threads import at_once

FETCH, USER = "/cgi-bin/stable_token", "/cgi-bin/user/info"
CREDENTIAL = Credential(OFFICIAL.app_id, OFFICIAL.app_secret)


def _gateway(platform: Platform, kv: KV) -> Gateway:
    """As in a process of its own: its own connections, the shared store."""
    return gateway_to(platform.url, kv=kv)


def test_two_processes_with_eight_threads_each_fetch_one_token_between_them(platform: Platform, kv: KV) -> None:
    processes = [Tokens(CREDENTIAL, Transport(platform.url), kv) for _ in range(2)]
    fetched = at_once(*[process.current for process in processes for _ in range(8)])
    assert len(set(fetched)) == 1
    assert len(platform.calls(FETCH)) == 1


def test_a_token_that_stopped_working_is_renewed_once_for_all(platform: Platform, kv: KV, phone: Phone) -> None:
    gateways = [_gateway(platform, kv) for _ in range(2)]
    gateways[0].ping()
    platform.invalidate_tokens(OFFICIAL.app_id)
    platform.forget_traffic()
    users = at_once(*[partial(gateway.users.info, phone.openid) for gateway in gateways for _ in range(8)])
    assert {user.openid for user in users} == {phone.openid}
    assert len(platform.calls(FETCH)) == 1


def test_an_invalid_token_costs_one_refresh_and_one_repetition(platform: Platform, kv: KV, phone: Phone) -> None:
    gateway = _gateway(platform, kv)
    gateway.ping()
    platform.invalidate_tokens(OFFICIAL.app_id)
    platform.forget_traffic()
    gateway.custom.send(phone.openid, CustomText("您好"))
    outcomes = [call["outcome"] for call in platform.calls("/cgi-bin/message/custom/send")]
    assert (outcomes, len(platform.calls(FETCH))) == (["error", "ok"], 1)
    assert [m["content"] for m in phone.messages() if m["by"] == "account"] == ["您好"], "she reads it once"


def test_a_token_that_ran_out_is_renewed_before_anybody_notices(platform: Platform, kv: KV, phone: Phone) -> None:
    gateway = _gateway(platform, kv)
    gateway.ping()
    kv.drop(f"token:{OFFICIAL.app_id}")
    platform.advance(7200 - 100)
    platform.forget_traffic()
    assert gateway.users.info(phone.openid).subscribed
    assert [call["outcome"] for call in platform.calls(USER)] == ["ok"]


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_refused_for_ever_costs_one_refresh_and_one_repetition(
    platform: Platform, kv: KV, phone: Phone, errcode: int
) -> None:
    gateway = _gateway(platform, kv)
    gateway.ping()
    platform.fault(USER, "errcode", errcode=errcode)
    platform.forget_traffic()
    with pytest.raises(CredentialRefused) as raised:
        gateway.users.info(phone.openid)
    assert raised.value.errcode == errcode
    assert (len(platform.calls(USER)), len(platform.calls(FETCH))) == (2, 1)


def test_a_process_takes_over_the_token_another_has_renewed(platform: Platform, kv: KV, phone: Phone) -> None:
    one, other = _gateway(platform, kv), _gateway(platform, kv)
    one.ping()
    other.ping()
    platform.invalidate_tokens(OFFICIAL.app_id)
    assert one.users.info(phone.openid).subscribed
    platform.forget_traffic()
    assert isinstance(other.users.info(phone.openid), UserInfo)
    assert (len(platform.calls(USER)), platform.calls(FETCH)) == (1, [])


def test_a_store_that_was_emptied_costs_one_fetch_and_no_token(platform: Platform, kv: KV) -> None:
    tokens = Tokens(CREDENTIAL, Transport(platform.url), kv)
    before = tokens.current()
    kv.drop(f"token:{OFFICIAL.app_id}")
    assert tokens.current() == before, "stable_token hands out the same again"
    assert len(platform.calls(FETCH)) == 2


def test_a_fetch_that_fails_lets_the_next_caller_try_at_once(platform: Platform, kv: KV) -> None:
    tokens = Tokens(CREDENTIAL, Transport(platform.url), kv)
    platform.fault(FETCH, "http502", times=1)
    with pytest.raises(NoAnswer):
        tokens.current()
    assert tokens.current()


def test_two_accounts_do_not_share_a_token(platform: Platform, kv: KV) -> None:
    Tokens(CREDENTIAL, Transport(platform.url), kv).current()
    other = Credential("wx0000000000000000", OFFICIAL.app_secret)
    with pytest.raises(Exception, match="40013"):
        Tokens(other, Transport(platform.url), kv).current()
