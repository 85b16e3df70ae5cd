"""The platform delivers a message more than once: one record is left of it, and every copy is answered alike."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from wechatpy.crypto import WeChatCrypto

from backend.settings import Settings
from handlers import phrases
from models.followers import FollowEvent, WechatIdentity
from models.receipts import Receipt
from tests.conftest import OFFICIAL, REDIS, SERVERS
from tests.served import House, house_settings, opened, prepare
from tests.servers import redis_url
from tests.simulated import Phone, Platform
from tests.threads import at_once

FOLLOW = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_place.990101", "Ticket": "t"}
REMEMBER = {"MsgType": "text", "Content": "记住990102"}
REFUSING = "redis://127.0.0.1:1/0"
WAYS = [
    *((engine, "file") for engine in ("sqlite", *SERVERS)),
    *((engine, "redis") for engine in ("sqlite", *list(SERVERS)[:1]) if REDIS),
    ("sqlite", "redis away"),
]
pytestmark = pytest.mark.parametrize(("database_url", "redis_url_of_house"), WAYS, indirect=True)

_CREATED = re.compile(r"<CreateTime>\d+</CreateTime>")
Empty = Callable[[], None]


@pytest.fixture
def redis_url_of_house(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the house has its key-value store."""
    url = {"file": "", "redis": redis_url(to_empty=True), "redis away": REFUSING}[request.param]
    yield url
    _empty_redis(url)


@pytest.fixture
def house_at(platform: Platform, tmp_path: Path, database_url: str, redis_url_of_house: str) -> Settings:
    settings = house_settings(tmp_path, platform, database_url)
    return prepare(replace(settings, redis_url=redis_url_of_house))


@pytest.fixture
def empty(house_at: Settings) -> Empty:
    """Empties the key-value store of the house."""
    if house_at.redis_url:
        return partial(_empty_redis, house_at.redis_url)
    return partial(_empty_file, house_at.data_dir / "kv.db")


def _empty_redis(url: str) -> None:
    if url not in ("", REFUSING):
        with redis.Redis.from_url(url) as client:
            client.flushdb()


def _empty_file(path: Path) -> None:
    store = sqlite3.connect(path)
    with store:
        store.execute("DELETE FROM kv")
    store.close()


def _plain(attempts: list[dict[str, Any]]) -> set[tuple[int, str]]:
    return {(attempt["status"], attempt["plain"]) for attempt in attempts}


def _records() -> tuple[int, int, int]:
    return FollowEvent.select().count(), Receipt.select().count(), WechatIdentity.select().count()


def _fixed(fields: dict[str, Any], second: int = 0) -> dict[str, Any]:
    """With its time and number, so that a later push is a repetition of it."""
    number = {"MsgId": 6_000_000_000_000_000 + second} if fields["MsgType"] == "text" else {}
    return {**fields, **number, "CreateTime": int(time.time()) + second}


def test_four_copies_at_once_leave_one_record_and_are_answered_alike(house: House, platform: Platform) -> None:
    [(status, answer)] = _plain(platform.push(OFFICIAL.app_id, "p1", FOLLOW, copies=4))
    assert status == 200
    assert phrases.WELCOME_PLACE.format(account="慢城街道", place="春晓社区") in answer
    assert _records() == (1, 1, 1)


def test_copies_of_a_text_at_once_are_answered_alike(house: House, phone: Phone, platform: Platform) -> None:
    phone.follow()
    for fields, said in ((REMEMBER, "记住了"), ({"MsgType": "text", "Content": "帮助"}, phrases.HELP)):
        answers = _plain(platform.push(OFFICIAL.app_id, "p1", fields, copies=4))
        if house.runtime.settings.redis_url == REFUSING:
            # What only reads is then worked out for each copy, and may carry the time of the next second.
            answers = {(status, _CREATED.sub("", answer)) for status, answer in answers}
        [(status, answer)] = answers
        assert (status, said in answer) == (200, True)
    assert _records() == (1, 2, 1), "the follow and what was remembered"


def test_a_repetition_is_answered_as_before_although_the_store_was_emptied(
    house: House, platform: Platform, empty: Empty
) -> None:
    for number, fields in enumerate((_fixed(FOLLOW), _fixed(REMEMBER, 1))):
        first = platform.push(OFFICIAL.app_id, "p1", fields)
        empty()
        second = platform.push(OFFICIAL.app_id, "p1", fields)
        empty()
        third = platform.push(OFFICIAL.app_id, "p1", fields, copies=4)
        [(status, answer)] = _plain([*first, *second, *third])
        assert (status, "街坊" in answer) == (200, True)
        assert Receipt.select().count() == number + 1
    assert FollowEvent.select().count() == 1


def test_an_invitation_is_handed_over_once(house: House, phone: Phone, platform: Platform) -> None:
    phone.follow("place.990101")
    attempts = platform.push(OFFICIAL.app_id, "p1", {"MsgType": "text", "Content": "邀请"}, copies=4)
    assert {(status, "正在为您准备" in answer) for status, answer in _plain(attempts)} == {(200, True)}
    assert house.work() == 2, "a picture and a sentence, also without a store to claim the message in"


def _sealed(text: str) -> tuple[str, bytes]:
    """A text message in safe mode as wechatpy writes it: the query and the body of its push."""
    now = str(int(time.time()))
    plain = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>oTestTestTestTest</FromUserName><CreateTime>{now}"
        f"</CreateTime><MsgType>text</MsgType><Content>{text}</Content><MsgId>7000000000000001</MsgId></xml>"
    )
    crypto = WeChatCrypto(OFFICIAL.token, OFFICIAL.aes_key, OFFICIAL.app_id)
    body = str(crypto.encrypt_message(plain, "415670741", now))
    signature = body.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
    return f"timestamp={now}&nonce=415670741&encrypt_type=aes&msg_signature={signature}", body.encode()


def test_four_threads_that_post_the_same_body_are_answered_alike(house_at: Settings) -> None:
    with opened(house_at) as house:
        query, body = _sealed("记住990101")

        def post() -> bytes:
            response = house.app.test_client().post(f"/wechat/{OFFICIAL.app_id}?{query}", data=body)
            assert response.status_code == 200
            return _opened(response.data)

        [answer] = set(at_once(*[post] * 4))
        assert phrases.PLACE_REMEMBERED.format(place="春晓社区") in answer.decode()
        assert (Receipt.select().count(), WechatIdentity.select().count()) == (1, 1)


def _opened(answer: bytes) -> bytes:
    crypto = WeChatCrypto(OFFICIAL.token, OFFICIAL.aes_key, OFFICIAL.app_id)
    texts = {name: _element(answer.decode(), name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
    sealed = f"<xml><Encrypt>{texts['Encrypt']}</Encrypt></xml>"
    plain = crypto.decrypt_message(sealed, texts["MsgSignature"], texts["TimeStamp"], texts["Nonce"])
    return plain if isinstance(plain, bytes) else str(plain).encode()


def _element(xml: str, name: str) -> str:
    inside = xml.partition(f"<{name}>")[2].partition(f"</{name}>")[0]
    return inside.removeprefix("<![CDATA[").removesuffix("]]>")
