"""TLS to the platform: the newest HTTP both sides speak, and nothing at all to a server that cannot prove its name."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from backend.storage.kv import KV, MemoryKV
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.failures import GatewayError, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Outcome
from tests.certificates import write_certificate
from tests.gateways import gateway_to
from tests.processes import ROOT
from tests.simulated import free_port, wait_for

FREELY = Limits(in_flight=16, per_second=0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@contextmanager
def _platform(certificate: tuple[Path, Path], http: str) -> Iterator[int]:
    """A server on loopback, and its port."""
    port, (chain, key) = free_port(), certificate
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--http", http]
    trust = ["--ssl-certificate", str(chain), "--ssl-keyfile", str(key), "--no-ws", "--log-level", "critical"]
    process = subprocess.Popen([*command, *trust, "tests.tls_platform:app"], cwd=ROOT)
    try:
        wait_for(lambda: _answers(port, chain), 20)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int, chain: Path) -> bool:
    try:
        with urllib3.PoolManager(retries=False, ca_certs=str(chain)) as http:
            return http.request("GET", f"https://127.0.0.1:{port}/").status == 200
    except urllib3.exceptions.HTTPError:
        return False


@pytest.fixture(scope="module")
def port(certificate: tuple[Path, Path]) -> Iterator[int]:
    with _platform(certificate, "auto") as port:
        yield port


@contextmanager
def _gateway(port: int, ca_file: Path | None, host: str = "127.0.0.1", kv: KV | None = None) -> Iterator[Gateway]:
    gateway = gateway_to(f"https://{host}:{port}", ca_file=str(ca_file or ""), kv=kv)
    yield gateway
    gateway.sender.close()


def _send(gateway: Gateway, count: int = 40) -> list[Outcome[CustomSend]]:
    with gateway.sender.send_many([CustomSend(f"o{n}", CustomText("您好")) for n in range(count)], FREELY) as batch:
        return list(batch)


def test_http_2_is_spoken_where_the_server_offers_it(port: int, certificate: tuple[Path, Path]) -> None:
    with _gateway(port, certificate[0]) as gateway:
        outcomes = _send(gateway)
    assert [outcome.error for outcome in outcomes] == [None] * 40
    assert {outcome.msgid for outcome in outcomes} == {"HTTP/2"}


def test_http_1_is_spoken_where_it_does_not(certificate: tuple[Path, Path]) -> None:
    with _platform(certificate, "1") as port, _gateway(port, certificate[0]) as gateway:
        outcomes = _send(gateway)
    assert {(outcome.error, outcome.msgid) for outcome in outcomes} == {(None, "HTTP/1.1")}


@pytest.mark.parametrize("foreign", ["authority", "name"])
def test_a_server_that_cannot_prove_its_name_is_told_nothing(
    port: int, certificate: tuple[Path, Path], foreign: str
) -> None:
    """The token and the words stand in the request, and none is made."""
    kv, trusted = MemoryKV(), certificate[0]
    with _gateway(port, trusted, kv=kv) as gateway:
        gateway.ping()  # the token is there: what fails is the message itself
    ca_file, host = (None, "127.0.0.1") if foreign == "authority" else (trusted, "localhost")
    with _gateway(port, ca_file, host, kv) as gateway:
        alone = _error(lambda: gateway.custom.send("o1", CustomText("您好")))
        [outcome] = _send(gateway, 1)
    assert (type(alone), alone.sent) == (NoAnswer, False)
    assert outcome.error is not None
    assert (type(outcome.error), outcome.error.sent) == (NoAnswer, False)
    assert "not trusted" in str(outcome.error)


def _error(call: Callable[[], object]) -> GatewayError:
    with pytest.raises(GatewayError) as raised:
        call()
    return raised.value
