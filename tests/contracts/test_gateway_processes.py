"""What two processes share at the platform: one token, one rate, and what is closed for one is closed for both."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests import processes
from tests.conftest import OFFICIAL
from tests.contracts.shared import Shared
from tests.simulated import Phone, Platform

FETCH, USER, SEND = "/cgi-bin/stable_token", "/cgi-bin/user/info", "/cgi-bin/message/custom/send"
OPENING = """
import sys, time, structlog
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.failures import GatewayError
from backend.wechat.sending.sends import Limits
from tests.gateways import gateway_to

url, *openids = sys.argv[1:]
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
gateway = gateway_to(url, kv=kv)

def at(signal):
    print("ready")
    while kv.get(signal) is None:
        time.sleep(0.001)

"""


class Pair:
    def __init__(self, shared: Shared, started: list[subprocess.Popen[bytes]]) -> None:
        self._shared, self._started = shared, started

    def say(self, signal: str) -> list[str]:
        """What each prints when both may go at the same moment."""
        assert [processes.next_line(each) for each in self._started] == ["ready", "ready"]
        self._shared.kv.put(signal, b"now")
        return [processes.next_line(each) for each in self._started]

    def say_in_turn(self, *signals: str) -> list[str]:
        """The same, one after the other: each waits for a signal of its own."""
        said = []
        for signal, process in zip(signals, self._started, strict=True):
            assert processes.next_line(process) == "ready"
            self._shared.kv.put(signal, b"now")
            said.append(processes.next_line(process))
        return said


@contextmanager
def _two(shared: Shared, platform: Platform, program: str, *openids: list[str]) -> Iterator[Pair]:
    with ExitStack() as stack:
        whole = shared.opening + OPENING + program
        yield Pair(shared, [stack.enter_context(processes.running(whole, platform.url, *each)) for each in openids])


def test_two_processes_fetch_one_token_between_them_and_renew_it_once(
    shared: Shared, platform: Platform, phone: Phone
) -> None:
    program = """
at("first")
print({gateway.tokens.current() for _ in range(20)})
at("second")
print([gateway.users.info(openids[0]).subscribed for _ in range(5)])
"""
    with _two(shared, platform, program, [phone.openid], [phone.openid]) as pair:
        one, other = pair.say("first")
        assert (one, one.count("'")) == (other, 2), "one token, the same for both"
        assert len(platform.calls(FETCH)) == 1
        platform.invalidate_tokens(OFFICIAL.app_id)
        platform.forget_traffic()
        assert pair.say("second") == [str([True] * 5)] * 2
    assert len(platform.calls(FETCH)) == 1
    outcomes = [call["outcome"] for call in platform.calls(USER)]
    assert outcomes.count("ok") == 10
    assert outcomes.count("error") <= 2, "each at most once, with the token it had"


def test_two_processes_keep_to_one_rate(shared: Shared, platform: Platform, phone: Phone) -> None:
    openids = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": 400})["openids"]
    program = """
at("go")
with gateway.sender.send_many([CustomSend(o, CustomText("您好")) for o in openids], Limits(32, 100)) as batch:
    print(sum(outcome.error is None for outcome in batch))
"""
    with _two(shared, platform, program, openids[:200], openids[200:]) as pair:
        assert pair.say("go") == ["200", "200"]
    seconds = Counter(call["at"][:19] for call in platform.calls(SEND))
    assert sum(seconds.values()) == 400
    assert max(seconds.values()) <= 140, "a hundred in each second, give or take the edges"


def test_what_one_process_finds_used_up_the_other_does_not_ask_for(
    shared: Shared, platform: Platform, phone: Phone
) -> None:
    program = """
def send():
    try:
        return gateway.custom.send(openids[0], CustomText("您好"))
    except GatewayError as error:
        return type(error).__name__

at(openids[1])
print(send())
at("both")
print(send())
"""
    platform.fault(SEND, "errcode", errcode=45009, times=1)
    with _two(shared, platform, program, [phone.openid, "one"], [phone.openid, "other"]) as pair:
        one, other = pair.say_in_turn("one", "other")
        assert (one, other) == ("QuotaExhausted", "Closed")
        assert pair.say("both") == ["Closed", "Closed"]
    assert len(platform.calls(SEND)) == 1
