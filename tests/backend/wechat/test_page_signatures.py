"""The signature of a page inside WeChat, held against the platform's own vectors."""

import pytest

from backend.wechat.calls.tickets import signature

# Protocol sheet §8
TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
NONCE, TIMESTAMP = "Wm3WZYTPz0wzccnW", 1414587457


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
    ],
)
def test_the_platforms_own_vectors_are_signed_alike_and_what_follows_the_hash_does_not_count(
    url: str, signed: str
) -> None:
    assert signature(TICKET, NONCE, TIMESTAMP, url) == signed
    assert signature(TICKET, NONCE, TIMESTAMP, f"{url}#/pages/home") == signed


@pytest.mark.parametrize(
    ("ticket", "nonce", "timestamp", "url"),
    [
        (TICKET + "x", NONCE, TIMESTAMP, "http://mp.weixin.qq.com"),
        (TICKET, NONCE.lower(), TIMESTAMP, "http://mp.weixin.qq.com"),
        (TICKET, NONCE, TIMESTAMP + 1, "http://mp.weixin.qq.com"),
        (TICKET, NONCE, TIMESTAMP, "http://mp.weixin.qq.com/"),
        (TICKET, NONCE, TIMESTAMP, "https://mp.weixin.qq.com"),
    ],
)
def test_every_part_of_it_counts(ticket: str, nonce: str, timestamp: int, url: str) -> None:
    assert signature(ticket, nonce, timestamp, url) != "f4d90daf4b3bca3078ab155816175ba34c443a7b"
