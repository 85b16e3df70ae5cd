"""Two processes, one store, one token: nobody fetches what another has, and a refused one is renewed once."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import processes
from tests.conftest import OFFICIAL
from tests.contracts.shared import Shared
from tests.simulated import Phone, Platform

FETCH, USER = "/cgi-bin/stable_token", "/cgi-bin/user/info"
PROGRAM = """
import sys, time
from tests.gateways import gateway_to

url, openid = sys.argv[1:]
gateway = gateway_to(url, kv=kv)

def at(signal):
    print("ready")
    while kv.get(signal) is None:
        time.sleep(0.001)

at("first")
print({gateway.tokens.current() for _ in range(20)})
at("second")
print([gateway.users.info(openid).subscribed for _ in range(5)])
"""


class Pair:
    def __init__(self, shared: Shared, started: list[subprocess.Popen[bytes]]) -> None:
        self._shared, self._started = shared, started

    def say(self, signal: str) -> list[str]:
        """What each prints when both may go at the same moment."""
        assert [processes.next_line(each) for each in self._started] == ["ready", "ready"]
        self._shared.kv.put(signal, b"now")
        return [processes.next_line(each) for each in self._started]


@pytest.fixture
def pair(shared: Shared, platform: Platform, phone: Phone) -> Iterator[Pair]:
    with ExitStack() as stack:
        program = shared.opening + PROGRAM
        yield Pair(shared, [stack.enter_context(processes.running(program, platform.url, phone.openid)) for _ in "ab"])


def test_two_processes_fetch_one_token_between_them_and_renew_it_once(pair: Pair, platform: Platform) -> None:
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
