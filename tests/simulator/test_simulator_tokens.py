"""Credentials: the rules of §3.1, §3.2 and §13, moved through time with the clock."""

import re

import pytest

from tests.simulator.driver import MINIPROGRAM, OFFICIAL, SECRET, Driver, Result

GET = "/cgi-bin/token?grant_type=client_credential"


def plain(simulator: Driver) -> str:
    return str(simulator.get(f"{GET}&appid={OFFICIAL}&secret={SECRET}").data["access_token"])


def errcode_with(simulator: Driver, token: str) -> int | None:
    errcode = simulator.get(f"/cgi-bin/getcallbackip?access_token={token}").data.get("errcode")
    assert errcode is None or isinstance(errcode, int)
    return errcode


def test_a_success_carries_no_errcode(simulator: Driver) -> None:
    answer = simulator.stable_token()
    assert set(answer.data) == {"access_token", "expires_in"}
    assert answer.data["expires_in"] == 7200


def test_the_stable_token_stays_the_same_and_its_life_shrinks(simulator: Driver) -> None:
    first = simulator.stable_token().data
    simulator.advance(3000)
    second = simulator.stable_token().data
    assert second["access_token"] == first["access_token"]
    assert second["expires_in"] in {4199, 4200}


def test_the_stable_token_is_renewed_when_less_than_five_minutes_would_remain(simulator: Driver) -> None:
    first = simulator.token()
    simulator.advance(6901)
    second = simulator.stable_token().data
    assert second["access_token"] != first
    assert second["expires_in"] == 7200


def test_the_renewed_stable_token_and_the_one_before_overlap_until_that_expires(simulator: Driver) -> None:
    first = simulator.token()
    simulator.advance(6901)
    simulator.token()
    assert errcode_with(simulator, first) is None
    simulator.advance(300)
    assert errcode_with(simulator, first) == 42001


def test_a_forced_refresh_kills_the_token_before_at_once(simulator: Driver) -> None:
    first = simulator.token()
    second = simulator.stable_token(force_refresh=True).data["access_token"]
    assert errcode_with(simulator, first) == 40001
    assert errcode_with(simulator, second) is None


def test_a_second_forced_refresh_within_thirty_seconds_gives_the_current_token(simulator: Driver) -> None:
    first = simulator.stable_token(force_refresh=True).data["access_token"]
    assert simulator.stable_token(force_refresh=True).data["access_token"] == first
    simulator.advance(30)
    assert simulator.stable_token(force_refresh=True).data["access_token"] != first


def test_the_twenty_first_forced_refresh_of_a_day_is_refused(simulator: Driver) -> None:
    simulator.to_midnight()
    for _ in range(20):
        assert simulator.stable_token(force_refresh=True).errcode is None
        simulator.advance(31)
    assert simulator.stable_token(force_refresh=True).errcode == 45009


def test_the_plain_token_is_new_with_every_call(simulator: Driver) -> None:
    assert plain(simulator) != plain(simulator)


def test_the_plain_token_before_works_for_five_more_minutes(simulator: Driver) -> None:
    first, second = plain(simulator), plain(simulator)
    assert errcode_with(simulator, first) is None
    simulator.advance(301)
    assert errcode_with(simulator, first) == 40001
    assert errcode_with(simulator, second) is None


def test_only_the_last_two_plain_tokens_work(simulator: Driver) -> None:
    first, second, third = plain(simulator), plain(simulator), plain(simulator)
    assert [errcode_with(simulator, token) for token in (first, second, third)] == [40001, None, None]


def test_the_two_endpoints_do_not_invalidate_each_other(simulator: Driver) -> None:
    stable, first = simulator.token(), plain(simulator)
    plain(simulator)
    simulator.stable_token(force_refresh=True)
    assert errcode_with(simulator, first) is None
    assert errcode_with(simulator, stable) == 40001


def test_the_plain_endpoint_ends_after_two_thousand_calls_and_opens_again_the_next_day(
    simulator: Driver,
) -> None:
    for _ in range(2000):
        plain(simulator)
    path = f"{GET}&appid={OFFICIAL}&secret={SECRET}"
    assert simulator.get(path).errcode == 45009
    simulator.advance(86_400)
    assert simulator.get(path).errcode is None


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        (f"grant_type=other&appid={OFFICIAL}&secret={SECRET}", 40002),
        (f"grant_type=client_credential&secret={SECRET}", 41002),
        (f"grant_type=client_credential&appid={OFFICIAL}", 41004),
        (f"grant_type=client_credential&appid=wxnone&secret={SECRET}", 40013),
        (f"grant_type=client_credential&appid={OFFICIAL}&secret={SECRET[::-1]}", 40001),
        (f"grant_type=client_credential&appid={OFFICIAL}&secret=short", 40125),
    ],
)
def test_the_plain_endpoint_names_what_is_wrong(simulator: Driver, query: str, errcode: int) -> None:
    assert simulator.get(f"/cgi-bin/token?{query}").errcode == errcode


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wxnone"}, 40013),
        ({"secret": SECRET[::-1]}, 40125),
        ({"appid": ["a", "list"]}, 41002),
    ],
)
def test_the_stable_endpoint_names_what_is_wrong(simulator: Driver, change: dict[str, object], errcode: int) -> None:
    body = {"grant_type": "client_credential", "appid": OFFICIAL, "secret": SECRET} | change
    assert simulator.post("/cgi-bin/stable_token", body).errcode == errcode


def test_the_stable_endpoint_wants_post(simulator: Driver) -> None:
    assert simulator.get("/cgi-bin/stable_token").errcode == 43002


def test_the_plain_endpoint_wants_get(simulator: Driver) -> None:
    assert simulator.post("/cgi-bin/token", {}).errcode == 43001


@pytest.mark.parametrize(("token", "errcode"), [("", 41001), ("nonsense", 40014), ("62_" + "x" * 100, 40001)])
def test_a_credential_that_was_never_issued_is_told_apart(simulator: Driver, token: str, errcode: int) -> None:
    assert errcode_with(simulator, token) == errcode


def test_a_call_without_the_parameter_lacks_the_credential(simulator: Driver) -> None:
    assert simulator.get("/cgi-bin/getcallbackip").errcode == 41001


def test_an_expired_credential_says_so(simulator: Driver) -> None:
    token = simulator.token()
    simulator.advance(7201)
    assert errcode_with(simulator, token) == 42001


def test_an_error_is_an_answer_with_status_200_and_a_rid(simulator: Driver) -> None:
    answer: Result = simulator.get("/cgi-bin/getcallbackip?access_token=62_" + "x" * 100)
    assert answer.status == 200
    pattern = r"invalid credential, access_token is invalid or not latest rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
    assert re.fullmatch(pattern, answer.data["errmsg"])


def test_invalidated_tokens_stop_and_the_next_stable_token_works(simulator: Driver) -> None:
    first = simulator.token()
    assert simulator.post("/simulator/tokens/invalidate", {"app_id": OFFICIAL}).status == 200
    assert errcode_with(simulator, first) == 40001
    assert errcode_with(simulator, simulator.token()) is None


def test_the_tokens_of_two_accounts_are_their_own(simulator: Driver) -> None:
    token = simulator.token(MINIPROGRAM)
    assert simulator.get(f"/cgi-bin/menu/get?access_token={token}").errcode == 48001
    assert simulator.token(OFFICIAL) != token
