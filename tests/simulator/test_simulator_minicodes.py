"""Codes, links and schemes that open the mini-program (§9.4), made by its server and scanned by a person."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from simulator.api import wxacodes
from simulator.state import quotas
from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, Result, account
from tests.simulator.results import restarted

UNLIMITED = "/wxa/getwxacodeunlimit"
LIMITED = "/wxa/getwxacode"
SQUARE = "/cgi-bin/wxaapp/createwxaqrcode"
URL_LINK = "/wxa/generate_urllink"
SCHEME = "/wxa/generatescheme"
VISIBLE = "!#$&'()*+,/:;=?@-._~"
FOR_A_DAY: dict[str, object] = {"expire_type": 1, "expire_interval": 1}
DAY = 86_400


@pytest.fixture
def released(receiver: Receiver) -> Iterator[Driver]:
    """A mini-program whose pages are known."""
    pages = ("pages/home/home", "pages/card/card")
    with Driver([replace(account("miniprogram", receiver.url), pages=pages)]) as running:
        yield running


def code(simulator: Driver, interface: str = UNLIMITED, /, **body: object) -> Result:
    return simulator.call(interface, body, MINIPROGRAM)


def picture(answer: Result) -> Image.Image:
    assert answer.data is None, answer.data
    return Image.open(io.BytesIO(answer.raw))


def made(simulator: Driver) -> list[dict[str, Any]]:
    return list(simulator.get("/simulator/state").data["mini_codes"])


def scan(simulator: Driver, text: str, pid: str = "p1", app_id: str = MINIPROGRAM) -> Result:
    return simulator.act("scan", {"text": text}, pid, app_id)


def test_a_code_is_a_picture_that_opens_its_page(simulator: Driver) -> None:
    answer = code(simulator, scene="place=990101", page="pages/card/card")
    drawn = picture(answer)
    assert (answer.headers["Content-Type"], drawn.format, drawn.size) == ("image/jpeg", "JPEG", (430, 430))
    (one,) = made(simulator)
    opened = scan(simulator, one["url"], app_id=OFFICIAL).data["open_miniprogram"]
    assert opened == {
        "app_id": MINIPROGRAM,
        "page": "pages/card/card",
        "query": "",
        "scene": "place=990101",
        "env_version": "release",
    }


def test_the_same_request_gives_the_same_code(simulator: Driver) -> None:
    first, second = (code(simulator, scene="a", page="pages/x") for _ in range(2))
    assert first.raw == second.raw
    code(simulator, scene="b", page="pages/x")
    assert [one["scene"] for one in made(simulator)] == ["a", "b"]


@pytest.mark.parametrize("scene", ["a", "9" * 32, VISIBLE, "A=1&b=2"])
def test_a_scene_has_one_to_thirty_two_visible_characters(simulator: Driver, scene: str) -> None:
    picture(code(simulator, scene=scene))


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40129),
        ({"scene": ""}, 40129),
        ({"scene": 5}, 40129),
        ({"scene": "100%"}, 40129),
        ({"scene": "中文"}, 40129),
        ({"scene": "a b"}, 40129),
        ({"scene": "a\n"}, 40129),
        ({"scene": "9" * 33}, 40169),
        ({"scene": "scancode_time=1"}, 85096),
        ({"page": "/pages/home"}, 40097),
        ({"page": "pages/home?x=1"}, 40097),
        ({"page": 5}, 40097),
        ({"env_version": "beta"}, 40097),
        ({"env_version": None}, 40097),
        ({"width": 279}, 40097),
        ({"width": 1_281}, 40097),
        ({"width": "430"}, 40097),
        ({"line_color": {"r": 256}}, 40097),
        ({"line_color": {"r": "x"}}, 40097),
    ],
)
def test_a_code_that_is_asked_for_wrongly_is_refused(simulator: Driver, body: dict[str, object], errcode: int) -> None:
    asked = body if body == {} else {"scene": "a"} | body
    assert code(simulator, **asked).errcode == errcode


@pytest.mark.parametrize("width", [280, 1_280])
def test_the_width_is_obeyed(simulator: Driver, width: int) -> None:
    assert picture(code(simulator, scene="a", width=width)).size == (width, width)


def test_a_transparent_code_is_a_png_in_its_colour(simulator: Driver) -> None:
    answer = code(simulator, scene="a", is_hyaline=True, line_color={"r": "200", "g": 0, "b": 0})
    drawn = picture(answer)
    assert (answer.headers["Content-Type"], drawn.format, drawn.mode) == ("image/png", "PNG", "RGBA")
    colours = {colour for _, colour in drawn.getcolors() or []}
    assert colours == {(200, 0, 0, 255), (200, 0, 0, 0)}


def test_the_page_must_be_in_the_released_version(released: Driver) -> None:
    picture(code(released, scene="a", page="pages/card/card"))
    picture(code(released, scene="a"))
    assert code(released, scene="a", page="pages/new/new").errcode == 41030
    picture(code(released, scene="a", page="pages/new/new", check_path=False))
    assert code(released, LIMITED, path="pages/new/new").errcode == 41030


def test_unchecked_pages_are_limited(released: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wxacodes, "LOOSE_PAGES", 1)
    picture(code(released, scene="a", page="pages/new/new", check_path=False))
    picture(code(released, scene="b", page="pages/new/new", check_path=False))
    assert code(released, scene="a", page="pages/other/other", check_path=False).errcode == 45009


def test_five_thousand_codes_a_minute_are_enough(simulator: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quotas.RATES, UNLIMITED, (1, 60))
    simulator.advance(60 - simulator.platform.now() % 60)
    picture(code(simulator, scene="a"))
    assert code(simulator, scene="a").errcode == 45009
    simulator.advance(60)
    picture(code(simulator, scene="a"))


def test_the_other_codes_are_counted_together(simulator: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wxacodes, "COUNTED_CODES", 2)
    first = code(simulator, LIMITED, path="pages/card/card?no=7", width=300)
    second = code(simulator, SQUARE, path="pages/card/card?no=8")
    assert [picture(one).size for one in (first, second)] == [(300, 300), (430, 430)]
    assert [one.headers["Num-Used"] for one in (first, second)] == ["1", "2"]
    assert code(simulator, LIMITED, path="pages/x").errcode == 45029
    assert code(simulator, SQUARE, path="pages/x").errcode == 45029
    opened = scan(simulator, made(simulator)[0]["url"]).data["open_miniprogram"]
    assert (opened["page"], opened["query"]) == ("pages/card/card", "no=7")


@pytest.mark.parametrize("path", [LIMITED, SQUARE])
def test_a_path_has_1024_bytes_at_most(simulator: Driver, path: str) -> None:
    picture(code(simulator, path, path="p" * 1_024))
    assert code(simulator, path, path="p" * 1_025).errcode == 40159
    assert code(simulator, path, path="").errcode == 40159
    assert code(simulator, path).errcode == 40159
    assert code(simulator, path, path="p?scancode_time=1").errcode == 85096


def test_a_link_opens_its_page_until_it_expires(simulator: Driver) -> None:
    link = code(simulator, URL_LINK, path="/pages/card/card", query="no=7", **FOR_A_DAY).data
    assert (link["errcode"], link["url_link"][:19]) == (0, "https://wxaurl.cn/" + link["url_link"][18])
    for pid in ("p1", "p2"):
        opened = scan(simulator, link["url_link"], pid).data["open_miniprogram"]
        assert (opened["page"], opened["query"]) == ("pages/card/card", "no=7")
    simulator.advance(DAY)
    assert scan(simulator, link["url_link"]).status == 410


def test_a_scheme_opens_its_page_until_it_expires(simulator: Driver) -> None:
    target = {"path": "pages/card/card", "query": "no=7", "env_version": "trial"}
    until = int(simulator.platform.now()) + 3_600
    body = {"jump_wxa": target, "is_expire": True, "expire_type": 0, "expire_time": until}
    link = code(simulator, SCHEME, **body).data["openlink"]
    assert link.startswith("weixin://dl/business/?t=")
    assert scan(simulator, link).data["open_miniprogram"]["env_version"] == "trial"
    simulator.advance(3_600)
    assert scan(simulator, link).status == 410


def test_a_scheme_without_an_end_has_thirty_days(simulator: Driver) -> None:
    link = code(simulator, SCHEME).data["openlink"]
    simulator.advance(30 * DAY - 5)
    assert scan(simulator, link).status == 202
    simulator.advance(5)
    assert scan(simulator, link).status == 410


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"path": "pages/card?x=1"}, 40165),
        ({"path": "pages/new/new"}, 40165),
        ({"query": "x" * 1_025}, 40212),
        ({"query": "名=一"}, 40212),
        ({"env_version": "beta"}, 85402),
        ({"expire_type": 2}, 40097),
        ({"expire_type": "1"}, 40097),
        ({"expire_type": []}, 40097),
        ({"expire_interval": 31}, 85401),
        ({"expire_interval": 0}, 85401),
        ({"expire_interval": None}, 85401),
        ({"expire_type": 0}, 85401),
        ({"expire_type": 0, "expire_time": 5}, 85401),
    ],
)
def test_a_link_that_is_asked_for_wrongly_is_refused(released: Driver, change: dict[str, object], errcode: int) -> None:
    body = {"path": "pages/card/card", **FOR_A_DAY} | change
    assert code(released, URL_LINK, **body).errcode == errcode
    target = {name: body[name] for name in ("path", "query", "env_version") if name in body}
    assert code(released, SCHEME, **(body | {"jump_wxa": target, "is_expire": True})).errcode == errcode


def test_a_link_lives_between_a_minute_and_thirty_days(simulator: Driver) -> None:
    now = int(simulator.platform.now())
    for seconds, errcode in ((30 * DAY - 1, 0), (65, 0), (50, 85401), (30 * DAY + 5, 85401)):
        assert code(simulator, URL_LINK, expire_type=0, expire_time=now + seconds).errcode == errcode
    assert code(simulator, URL_LINK, query="x" * 1_024, expire_type=1, expire_interval=30).errcode == 0


def test_links_are_limited_by_the_second_and_by_the_day(simulator: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quotas.RATES, URL_LINK, (1, 600))
    simulator.advance(600 - simulator.platform.now() % 600)
    assert [code(simulator, URL_LINK, **FOR_A_DAY).errcode for _ in range(2)] == [0, 44990]
    simulator.post(f"/simulator/accounts/{MINIPROGRAM}/limits", {"path": SCHEME, "daily": 3})
    assert [code(simulator, SCHEME).errcode for _ in range(2)] == [0, 44993]


def test_another_text_is_left_to_the_page(simulator: Driver) -> None:
    for text in ("https://wxaurl.cn/nothing", "weixin://dl/business/?t=", "x" * 16):
        assert scan(simulator, text).data["open"] == text


def test_an_official_account_makes_no_such_codes(simulator: Driver) -> None:
    for path in (UNLIMITED, LIMITED, SQUARE, URL_LINK, SCHEME):
        assert simulator.call(path, {}, OFFICIAL).errcode == 48001


def test_codes_survive_a_restart_and_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("miniprogram", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        code(first, LIMITED, path="pages/card/card")
        first.post("/simulator/reset")
        (before,) = made(first)
    with restarted(accounts, storage) as second:
        assert scan(second, before["url"]).data["open_miniprogram"]["page"] == "pages/card/card"
        assert code(second, LIMITED, path="pages/x").headers["Num-Used"] == "2"
