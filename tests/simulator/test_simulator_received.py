"""The control that counts what each person of an account was shown by it."""

from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver

ADDRESS = f"/simulator/accounts/{OFFICIAL}/received"


def test_what_everybody_was_shown_is_counted_by_kind_and_person(simulator: Driver) -> None:
    first, second, _ = simulator.post("/simulator/crowd", {"app_id": OFFICIAL, "count": 3}).data["openids"]
    for openid in (first, first, second):
        simulator.send_text(openid)
    assert simulator.get(ADDRESS).data == {"items": {"text": {first: 2, second: 1}}}
    assert simulator.get(ADDRESS.replace(OFFICIAL, MINIPROGRAM)).data == {"items": {}}


def test_what_a_person_says_herself_is_not_counted(simulator: Driver) -> None:
    simulator.follow()
    simulator.act("text", {"content": "你好"})
    simulator.settled()
    assert simulator.get(ADDRESS).data == {"items": {}}


def test_an_account_that_is_not_there_is_not_found(simulator: Driver) -> None:
    assert simulator.get("/simulator/accounts/wx0/received").status == 404
