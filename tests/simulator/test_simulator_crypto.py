"""The vectors of protocol §1.5, and what must not be opened."""

import base64
import json

import pytest

from simulator.crypto import CryptoError, seal, sign, unseal

KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


@pytest.mark.parametrize(
    ("parts", "digest"),
    [
        (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("AAAAA", "1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (("AAAAA", "1714112445", "415670741", ENCRYPTED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        (("AAAAA", "1713424427", "415670741", REPLY), "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"),
        (("test", "1410685589", "test"), "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"),
    ],
)
def test_the_signature_is_that_of_the_official_samples(parts: tuple[str, ...], digest: str) -> None:
    assert sign(*parts) == digest


def test_the_official_push_opens_with_its_padding_of_nineteen() -> None:
    assert json.loads(unseal(KEY, APP_ID, ENCRYPTED)) == {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": 1714112445,
        "MsgType": "event",
        "Event": "debug_demo",
        "debug_str": "hello world",
    }


def test_the_official_push_is_sealed_to_the_same_text() -> None:
    message = unseal(KEY, APP_ID, ENCRYPTED)
    assert seal(KEY, APP_ID, message, b"a8eedb185eb2fecf") == ENCRYPTED


def test_the_official_reply_is_sealed_to_the_same_text() -> None:
    assert seal(KEY, APP_ID, b'{"demo_resp":"good luck"}', b"707722b803182950") == REPLY
    assert unseal(KEY, APP_ID, REPLY) == b'{"demo_resp":"good luck"}'


@pytest.mark.parametrize("length", range(70))
def test_every_length_comes_back_and_is_padded_to_thirty_two(length: int) -> None:
    sealed = seal(KEY, APP_ID, b"x" * length)
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert unseal(KEY, APP_ID, sealed) == b"x" * length


@pytest.mark.parametrize(
    "text",
    ["", "no base64!", "AAAA", ENCRYPTED[:-24], ENCRYPTED[:40] + "B" + ENCRYPTED[41:], REPLY[::-1]],
)
def test_a_damaged_text_is_refused(text: str) -> None:
    with pytest.raises(CryptoError):
        unseal(KEY, APP_ID, text)


def test_a_text_for_another_account_is_refused() -> None:
    with pytest.raises(CryptoError, match="foreign app id"):
        unseal(KEY, "wx0000000000000000", ENCRYPTED)


def test_a_text_sealed_with_another_key_is_refused() -> None:
    with pytest.raises(CryptoError):
        unseal("B" * 43, APP_ID, ENCRYPTED)
