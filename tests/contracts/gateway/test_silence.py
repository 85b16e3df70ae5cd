"""No answer, or one that nobody can read: an error that says whether the call may have been carried out."""

import time
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from backend.storage.kv import MemoryKV
from backend.web.logs import describe_error
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.calls.menus import Button
from backend.wechat.failures import Busy, Closed, GatewayError, Interrupted, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits
from backend.wechat.transport import TimeOuts
from tests.conftest import OFFICIAL
from tests.contracts.canned import TOKEN_PATH, Canned, canned, refusing, silent
from tests.gateways import gateway_to
from tests.simulated import Phone, Platform

SEND = "/cgi-bin/message/custom/send"
PAGE = b"<html><body>Please log in to the hotel's network</body></html>"


QUICK = TimeOuts(connect=0.5, read=0.5)


def _gateway(url: str, kv: MemoryKV | None = None) -> Gateway:
    return gateway_to(url, kv=kv, times=QUICK)


def _no_answer(call: Callable[[], object], sent: bool) -> NoAnswer:
    with pytest.raises(NoAnswer) as raised:
        call()
    assert raised.value.sent is sent, str(raised.value)
    return raised.value


CALLS: dict[str, Callable[[Gateway], object]] = {
    "send": lambda gateway: gateway.custom.send("o1", CustomText("您好")),
    "push_menu": lambda gateway: gateway.menus.push((Button("帮助", "click", "help"),)),
    "menu": lambda gateway: gateway.menus.current(),
    "remove_menu": lambda gateway: gateway.menus.remove(),
    "create_qr": lambda gateway: gateway.qrcodes.create("x", 60),
    "user": lambda gateway: gateway.users.info("o1"),
    "users": lambda gateway: gateway.users.infos(["o1"]),
    "upload": lambda gateway: gateway.media.upload("image", "a.jpg", b"\xff\xd8\xff"),
}


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned() as running:
        yield running


def test_a_gateway_that_is_broken_may_have_sent(platform: Platform, phone: Phone) -> None:
    platform.fault(SEND, "http502")
    error = _no_answer(lambda: _gateway(platform.url).custom.send(phone.openid, CustomText("您好")), sent=True)
    assert "502" in str(error)


def test_an_answer_that_was_lost_may_have_been_a_good_one(platform: Platform, phone: Phone) -> None:
    platform.fault(SEND, "answer_lost")
    _no_answer(lambda: _gateway(platform.url).custom.send(phone.openid, CustomText("您好")), sent=True)
    assert phone.messages()[-1]["content"] == "您好", "it was"
    assert len(platform.calls(SEND)) == 1, "and it is not repeated here"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"errcode": 0, "errm', "application/json"),
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"errcode": null}', "application/json"),
        (b'{"errcode": "none"}', "application/json"),
        (b'{"errcode": 0, "errmsg": "\xff"}', "application/json"),
        (PAGE, "text/html"),
        (b"\x89PNG", "image/png"),
    ],
)
def test_an_answer_nobody_can_read_is_no_success(server: Canned, call: str, body: bytes, content_type: str) -> None:
    server.body, server.content_type = body, content_type
    _no_answer(lambda: CALLS[call](_gateway(server.url)), sent=True)


@pytest.mark.parametrize("call", ["menu", "create_qr", "user", "users", "upload"])
def test_an_answer_without_what_was_asked_for_is_no_success(server: Canned, call: str) -> None:
    server.body = b'{"errcode": 0, "errmsg": "ok"}'
    with pytest.raises(NoAnswer):
        CALLS[call](_gateway(server.url))


@pytest.mark.parametrize("token", [PAGE, b"", b"{}", b'{"access_token": "1_a", "expires_in": "soon"}', b"[1]"])
def test_an_answer_without_a_token_is_no_token(server: Canned, token: bytes) -> None:
    server.token = token
    gateway = _gateway(server.url)
    for _ in range(2):
        with pytest.raises(NoAnswer):
            gateway.custom.send("o1", CustomText("您好"))
    assert [path for path in server.asked if not path.startswith(TOKEN_PATH)] == []


def test_a_life_written_as_text_is_understood(server: Canned) -> None:
    server.token = b'{"access_token": "1_a", "expires_in": "7200"}'
    _gateway(server.url).ping()


@pytest.mark.parametrize("body", [PAGE, b"", b"[]"])
def test_a_page_in_the_place_of_a_file_is_no_file(server: Canned, body: bytes) -> None:
    server.body, server.content_type = body, "text/html"
    gateway = _gateway(server.url)
    with pytest.raises(NoAnswer):
        gateway.media.download("m")
    with pytest.raises(NoAnswer):
        gateway.qrcodes.picture("t")


def test_a_server_that_refuses_was_certainly_not_told() -> None:
    with refusing() as url:
        _no_answer(_gateway(url).ping, sent=False)


def test_a_name_that_does_not_exist_was_certainly_not_told() -> None:
    _no_answer(_gateway("http://does-not-exist.invalid").ping, sent=False)


@pytest.mark.parametrize("trouble", [("http502", 0), ("answer_lost", 0), ("errcode", -1), ("errcode", 45011)])
def test_without_a_token_nothing_was_sent(platform: Platform, phone: Phone, trouble: tuple[str, int]) -> None:
    platform.fault("/cgi-bin/stable_token", trouble[0], errcode=trouble[1])
    with pytest.raises((NoAnswer, Busy)) as raised:
        _gateway(platform.url).custom.send(phone.openid, CustomText("您好"))
    assert raised.value.sent is False
    assert platform.calls(SEND) == []


def test_a_server_that_hangs_costs_the_time_out_and_may_have_sent(platform: Platform, phone: Phone) -> None:
    gateway = _gateway(platform.url)
    gateway.ping()
    platform.fault(SEND, "slow", seconds=3, times=1)
    began = time.monotonic()
    _no_answer(lambda: gateway.custom.send(phone.openid, CustomText("您好")), sent=True)
    assert QUICK.read <= time.monotonic() - began < 3 * QUICK.read


def test_a_server_that_never_answers_costs_the_time_out_of_the_token() -> None:
    with silent() as url:
        began = time.monotonic()
        _no_answer(lambda: _gateway(url).custom.send("o1", CustomText("您好")), sent=False)
        assert time.monotonic() - began < 3 * QUICK.read


@pytest.mark.parametrize("fault", ["http502", "answer_lost", "errcode"])
def test_no_error_and_no_line_of_the_log_holds_a_token_or_a_secret(
    platform: Platform, phone: Phone, fault: str
) -> None:
    kv = MemoryKV()
    gateway = _gateway(platform.url, kv)
    gateway.ping()
    token = (kv.get(f"token:{OFFICIAL.app_id}") or b"").decode().split('"')[3]
    assert len(token) > 40
    platform.fault("*", fault, errcode=40001)
    with pytest.raises(GatewayError) as raised, capture_logs() as lines:
        gateway.custom.send(phone.openid, CustomText("您好"))
    error = raised.value
    with capture_logs(processors=[describe_error]) as more:
        structlog.get_logger().error("call.failed", exc_info=error, reason=str(error))
    said = "".join(traceback.format_exception(error)) + repr(error) + repr(lines) + repr(more)
    for secret in (token, quote(token), OFFICIAL.app_secret):
        assert secret not in said


def _counted(outcome: str) -> float:
    labels = {"interface": SEND, "outcome": outcome}
    return REGISTRY.get_sample_value("tongxin_wechat_calls_total", labels) or 0.0


def test_a_platform_that_hangs_for_ever_costs_five_time_outs_and_then_none(platform: Platform, phone: Phone) -> None:
    gateway = _gateway(platform.url)
    gateway.ping()
    platform.fault(SEND, "hang")
    began, errors, counted = time.monotonic(), [], _counted("closed")
    for _ in range(30):
        with pytest.raises(GatewayError) as raised:
            gateway.custom.send(phone.openid, CustomText("您好"))
        errors.append(type(raised.value))
    assert errors == [NoAnswer] * 5 + [Closed] * 25
    assert _counted("closed") - counted == 25, "operators see what was not asked for"
    assert 5 * QUICK.read <= time.monotonic() - began < 5 * QUICK.read + 2


def test_a_platform_that_hangs_costs_a_batch_one_time_out(platform: Platform, phone: Phone) -> None:
    gateway = _gateway(platform.url)
    openids = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": 200})["openids"]
    platform.fault(SEND, "hang")
    items = iter([CustomSend(openid, CustomText("您好")) for openid in openids])
    began = time.monotonic()
    with gateway.sender.send_many(items, Limits(in_flight=64, per_second=0, waits_for=0)) as batch:
        outcomes = list(batch)
    gateway.sender.close()
    assert time.monotonic() - began < 2 * (QUICK.connect + QUICK.read) + 2
    assert isinstance(batch.halted, Closed)
    assert len(outcomes) + len(list(items)) == 200
    assert all(outcome.error and (outcome.error.sent or isinstance(outcome.error, Interrupted)) for outcome in outcomes)
    assert len(platform.calls(SEND)) <= 2 * 64
