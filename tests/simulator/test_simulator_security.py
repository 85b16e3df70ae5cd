"""Content security (§9.5): texts are judged at once, pictures by an event, and only of people who were just there."""

from typing import Any

import pytest

from simulator.state import quotas
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, Result
from tests.simulator.results import event, events

TEXT = "/wxa/msg_sec_check"
MEDIA = "/wxa/media_check_async"
RANK = "/wxa/getuserriskrank"
PICTURE = "http://127.0.0.1/picture.png"


@pytest.fixture
def visited(simulator: Driver) -> Driver:
    assert simulator.act("visit", app_id=MINIPROGRAM).status == 202
    return simulator


def openid(simulator: Driver) -> str:
    return simulator.openid(app_id=MINIPROGRAM)


def check(simulator: Driver, content: object = "今天天气好", **changes: object) -> Result:
    body = {"version": 2, "scene": 3, "openid": openid(simulator), "content": content} | changes
    return simulator.call(TEXT, body, MINIPROGRAM)


def check_media(simulator: Driver, **changes: object) -> Result:
    body = {"version": 2, "scene": 3, "openid": openid(simulator), "media_url": PICTURE, "media_type": 2} | changes
    return simulator.call(MEDIA, body, MINIPROGRAM)


@pytest.mark.parametrize(
    ("content", "suggest", "label"),
    [
        ("今天天气好", "pass", 100),
        ("这是违规广告样例。", "risky", 10001),
        ("违规辱骂样例", "risky", 20003),
        ("一个待审样例", "review", 21000),
        ("待审样例和违规欺诈样例", "risky", 20008),
    ],
)
def test_a_text_is_judged_by_its_markers(visited: Driver, content: str, suggest: str, label: int) -> None:
    told = check(visited, content).data
    assert (told["errcode"], told["result"]) == (0, {"suggest": suggest, "label": label})
    assert (told["detail"][0]["suggest"], told["detail"][0]["errcode"]) == (suggest, 0)
    assert len(told["trace_id"]) == 26


@pytest.mark.parametrize("part", ["title", "nickname"])
def test_the_other_texts_are_judged_as_well(visited: Driver, part: str) -> None:
    assert check(visited, **{part: "违规低俗样例"}).data["result"]["suggest"] == "risky"


def test_a_signature_belongs_to_a_profile(visited: Driver) -> None:
    assert check(visited, signature="违规低俗样例", scene=1).data["result"]["suggest"] == "risky"
    assert check(visited, signature="好", scene=2).errcode == 40129


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"content": ""}, 47001),
        ({"content": 5}, 47001),
        ({"content": "字" * 2_501}, 45002),
        ({"scene": 0}, 40129),
        ({"scene": 5}, 40129),
        ({"scene": "3"}, 40129),
        ({"openid": "nobody"}, 40003),
        ({"openid": None}, 40003),
        ({"openid": "o" + "x" * 27}, 43104),
    ],
)
def test_a_check_that_is_asked_for_wrongly_is_refused(
    visited: Driver, changes: dict[str, object], errcode: int
) -> None:
    assert check(visited, **changes).errcode == errcode


def test_an_openid_of_the_official_account_does_not_belong_here(visited: Driver) -> None:
    assert check(visited, openid=visited.openid(app_id=OFFICIAL)).errcode == 43104


def test_a_text_has_2500_characters_at_most(visited: Driver) -> None:
    assert check(visited, "字" * 2_500).errcode == 0


def test_the_person_must_have_been_there_within_two_hours(simulator: Driver) -> None:
    assert check(simulator).errcode == 61010
    assert check_media(simulator).errcode == 61010
    simulator.act("login", app_id=MINIPROGRAM)
    simulator.advance(2 * 3_600 - 5)
    assert check(simulator).errcode == 0
    simulator.advance(10)
    assert check(simulator).errcode == 61010


def test_opening_by_a_link_is_a_visit(simulator: Driver) -> None:
    link = simulator.call("/wxa/generatescheme", {}, MINIPROGRAM).data["openlink"]
    simulator.act("scan", {"text": link}, app_id=OFFICIAL)
    assert check(simulator).errcode == 0


@pytest.mark.parametrize("version", [1, None, "x", []])
def test_the_old_version_answers_with_an_errcode(simulator: Driver, version: object) -> None:
    assert check(simulator, "违规广告样例", version=version).errcode == 87014
    assert check(simulator, "待审样例", version=version).data == {"errcode": 0, "errmsg": "ok"}


def test_checks_are_limited_by_the_minute_and_by_the_day(visited: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quotas.RATES, TEXT, (1, 60))
    monkeypatch.setitem(quotas.RATES, MEDIA, (1, 60))
    visited.advance(60 - visited.platform.now() % 60)
    for ask in (check, check_media):
        assert [ask(visited).errcode for _ in range(2)] == [0, 44991]
    visited.post(f"/simulator/accounts/{MINIPROGRAM}/limits", {"path": TEXT, "daily": 1})
    assert check(visited).errcode == 45009


@pytest.mark.parametrize(("verdict", "label"), [("pass", 100), ("review", 21000), ("risky", 21000)])
def test_the_verdict_on_a_picture_comes_later(visited: Driver, receiver: Receiver, verdict: str, label: int) -> None:
    visited.settings(media_verdict=verdict, media_verdict_seconds=1_800)
    trace_id = check_media(visited).data["trace_id"]
    assert events(visited, receiver, "wxa_media_check", MINIPROGRAM) == []
    visited.advance(1_800)
    told: dict[str, Any] = event(visited, receiver, "wxa_media_check", MINIPROGRAM)
    assert (told["trace_id"], told["appid"], told["version"], told["errcode"]) == (trace_id, MINIPROGRAM, 2, 0)
    assert told["result"] == {"suggest": verdict, "label": label}
    assert told["detail"][0]["suggest"] == verdict


def test_the_verdict_may_never_come(visited: Driver, receiver: Receiver) -> None:
    visited.settings(media_verdict="never")
    assert check_media(visited).errcode == 0
    visited.advance(3_600)
    assert events(visited, receiver, "wxa_media_check", MINIPROGRAM) == []


def test_a_picture_that_cannot_be_fetched_is_told_so(visited: Driver, receiver: Receiver) -> None:
    visited.settings(media_verdict_seconds=0)
    check_media(visited, media_url="http://nowhere.invalid/x.png")
    told = event(visited, receiver, "wxa_media_check", MINIPROGRAM)
    assert (told["errcode"], "result" in told) == (-1008, False)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"media_type": 3}, 40004),
        ({"media_type": "2"}, 40004),
        ({"media_url": "file:///x"}, 47001),
        ({"media_url": None}, 47001),
        ({"version": 1}, 47001),
        ({"scene": 9}, 40129),
        ({"openid": "nobody"}, 40003),
    ],
)
def test_a_picture_that_is_asked_about_wrongly_is_refused(
    visited: Driver, changes: dict[str, object], errcode: int
) -> None:
    assert check_media(visited, **changes).errcode == errcode


def rank(simulator: Driver, **changes: object) -> Any:
    body = {"appid": MINIPROGRAM, "openid": openid(simulator), "scene": 0, "client_ip": "127.0.0.1"} | changes
    return simulator.call(RANK, body, MINIPROGRAM).data


def test_a_persons_risk_is_told(visited: Driver) -> None:
    assert rank(visited)["risk_rank"] == 0
    visited.post("/simulator/people/p1", {"risk_rank": 4})
    assert (rank(visited)["errcode"], rank(visited)["risk_rank"]) == (0, 4)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [({"appid": OFFICIAL}, 40013), ({"scene": 2}, 40129), ({"client_ip": ""}, 47001), ({"openid": "nobody"}, 40003)],
)
def test_a_risk_that_is_asked_for_wrongly_is_refused(visited: Driver, changes: dict[str, object], errcode: int) -> None:
    assert rank(visited, **changes)["errcode"] == errcode


def test_who_was_not_there_has_no_rank(simulator: Driver) -> None:
    assert rank(simulator)["errcode"] == 61010


def test_an_official_account_has_no_content_security(simulator: Driver) -> None:
    for path in (TEXT, MEDIA, RANK):
        assert simulator.call(path, {}, OFFICIAL).errcode == 48001
