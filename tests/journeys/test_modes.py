"""The three modes of encryption and the two formats: the person notices no difference."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from backend.settings import AccountSettings
from handlers import phrases
from tests.conftest import OFFICIAL
from tests.served import house_settings, prepare, served
from tests.simulated import Platform, account_row, free_port, simulated, words

WAYS = list(product(("plain", "compatible", "safe"), ("xml", "json")))


def _account(way: tuple[str, str]) -> AccountSettings:
    number = WAYS.index(way)
    return replace(OFFICIAL, app_id=f"wx{number:016d}", token=f"token{number}", aes_key=str(number) * 43)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A simulator with an account for each way, and a house that knows them all."""
    port = free_port()
    rows = [account_row(_account(way), f"http://127.0.0.1:{port}", *way) for way in WAYS]
    with simulated(tmp_path_factory.mktemp("simulator"), rows) as platform:
        settings = house_settings(tmp_path_factory.mktemp("house"), platform)
        with served(prepare(settings, *map(_account, WAYS)), port):
            yield platform


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_every_mode_and_format_is_verified_and_answers_alike(street: Platform, way: tuple[str, str]) -> None:
    app_id = _account(way).app_id
    assert street.ask("POST", f"accounts/{app_id}/verify", {})["ok"]
    phone = street.phone(app_id)
    assert "欢迎关注" in words(phone.follow("place.990101"))
    assert words(phone.text("帮助")) == phrases.HELP
    assert words(phone.text("我的社区")) == phrases.MY_PLACE.format(place="春晓社区")


FORGERIES = [
    (way, tamper)
    for way in WAYS
    for tamper in ("signature", "appid", "stale")
    if way[0] != "plain" or tamper != "appid"  # nothing is sealed there, so there is no app id to forge
]


@pytest.mark.parametrize(
    ("way", "tamper"), FORGERIES, ids=lambda part: "-".join([part] if isinstance(part, str) else part)
)
def test_a_forged_push_is_refused_and_nothing_of_it_happens(
    street: Platform, way: tuple[str, str], tamper: str
) -> None:
    app_id = _account(way).app_id
    fields = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_place.990102"}
    [attempt] = street.push(app_id, "p2", fields, tamper=tamper)
    assert attempt["status"] in (400, 403), attempt
    assert attempt["raw"] == ""
    phone = street.phone(app_id, "p2")
    street.push(app_id, "p2", {"MsgType": "text", "Content": "我的社区"})
    assert words(phone.messages()[-1:]) == phrases.NO_PLACE
