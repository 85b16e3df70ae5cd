"""QR codes with parameters: made, shown, scanned (§7)."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.simulator.backend import opened
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver

CREATE = "/cgi-bin/qrcode/create"


def order(action: str, scene: object, **more: object) -> dict[str, object]:
    key = "scene_str" if "STR" in action else "scene_id"
    return {"action_name": action, "action_info": {"scene": {key: scene}}, **more}


def code(simulator: Driver, action: str = "QR_STR_SCENE", scene: object = "card:1", **more: object) -> Any:
    answer = simulator.call(CREATE, order(action, scene, **({"expire_seconds": 600} | more)))
    assert answer.errcode is None, answer.data
    return answer.data


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (order("QR_OTHER", "x"), 40052),
        ({}, 40052),
        ({"action_name": "QR_SCENE"}, 40053),
        (order("QR_SCENE", 0), 40053),
        (order("QR_SCENE", 2**32), 40053),
        (order("QR_SCENE", "7"), 40053),
        (order("QR_SCENE", True), 40053),
        (order("QR_LIMIT_SCENE", 100_001), 40053),
        (order("QR_STR_SCENE", ""), 40053),
        (order("QR_STR_SCENE", "x" * 65), 40053),
        (order("QR_LIMIT_STR_SCENE", 7), 40053),
        (order("QR_SCENE", 7, expire_seconds=2_592_001), 40053),
        (order("QR_SCENE", 7, expire_seconds=0), 40053),
    ],
)
def test_an_order_that_does_not_fit_is_refused(simulator: Driver, body: dict[str, object], errcode: int) -> None:
    assert simulator.call(CREATE, body).errcode == errcode


def test_a_temporary_code_tells_its_life_and_a_permanent_one_does_not(simulator: Driver) -> None:
    assert code(simulator, "QR_SCENE", 2**32 - 1, expire_seconds=2_592_000)["expire_seconds"] == 2_592_000
    assert set(code(simulator, "QR_LIMIT_SCENE", 100_000)) == {"ticket", "url"}


def test_a_permanent_code_is_the_same_when_asked_for_again(simulator: Driver) -> None:
    assert code(simulator, "QR_LIMIT_STR_SCENE") == code(simulator, "QR_LIMIT_STR_SCENE")
    assert code(simulator)["ticket"] != code(simulator)["ticket"]


def test_the_picture_is_a_jpeg_and_needs_no_credential(simulator: Driver) -> None:
    picture = simulator.get(f"/cgi-bin/showqrcode?ticket={code(simulator)['ticket']}")
    assert picture.headers["Content-Type"] == "image/jpg"
    with Image.open(BytesIO(picture.raw)) as image:
        assert (image.format, image.size) == ("JPEG", (430, 430))


@pytest.mark.parametrize("ticket", ["", "nonsense", "gQ" + "x" * 80])
def test_a_bad_ticket_is_not_found(simulator: Driver, ticket: str) -> None:
    assert simulator.get(f"/cgi-bin/showqrcode?ticket={ticket}").status == 404


def test_an_expired_code_is_not_shown_and_not_scanned(simulator: Driver) -> None:
    made = code(simulator)
    simulator.advance(600)
    assert simulator.get(f"/cgi-bin/showqrcode?ticket={made['ticket']}").status == 404
    assert simulator.act("scan", {"text": made["url"]}).status == 410
    assert simulator.act("follow", {"ticket": made["ticket"]}).status == 410


def test_following_with_a_scene_uses_the_ticket_of_its_code(simulator: Driver, receiver: Receiver) -> None:
    made = code(simulator, scene="hall")
    simulator.follow(scene="hall")
    assert opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])["Ticket"] == made["ticket"]


@pytest.mark.parametrize("what", ["url", "ticket"])
def test_scanning_a_code_follows_and_scanning_it_again_says_so(
    simulator: Driver, receiver: Receiver, what: str
) -> None:
    made = code(simulator)
    for _ in range(2):
        assert simulator.act("scan", {"text": made[what]}).status == 202
        simulator.settled()
    first, second = [opened(simulator.platform.accounts[OFFICIAL], push) for push in receiver.pushes]
    assert (first["Event"], first["EventKey"], first["Ticket"]) == (
        "subscribe",
        "qrscene_card:1",
        made["ticket"],
    )
    assert (second["Event"], second["EventKey"], second["Ticket"]) == ("SCAN", "card:1", made["ticket"])


def test_a_code_leads_to_its_own_account_from_any_chat(simulator: Driver) -> None:
    simulator.act("scan", {"text": code(simulator)["url"]}, app_id=MINIPROGRAM)
    assert simulator.chat()["following"] is True
    assert simulator.messages(app_id=MINIPROGRAM) == []


def test_any_other_text_is_handed_back(simulator: Driver, receiver: Receiver) -> None:
    answer = simulator.act("scan", {"text": "http://127.0.0.1/card/abc"})
    assert answer.data == {"message": None, "open": "http://127.0.0.1/card/abc"}
    assert simulator.act("scan", {"text": "http://weixin.qq.com/q/02none"}).data["open"]
    assert receiver.pushes == []


def test_the_state_lists_the_codes(simulator: Driver) -> None:
    made = code(simulator)
    (listed,) = simulator.get("/simulator/state").data["codes"]
    assert (listed["ticket"], listed["app_id"], listed["scene"]) == (made["ticket"], OFFICIAL, "card:1")


@pytest.mark.parametrize(
    ("action", "scene", "told"),
    [("QR_SCENE", 42, (42, "")), ("QR_STR_SCENE", "42", (0, "42"))],
)
def test_user_info_tells_the_scene_as_it_was_made(
    simulator: Driver, action: str, scene: object, told: tuple[int, str]
) -> None:
    simulator.follow(ticket=code(simulator, action, scene)["ticket"])
    info = simulator.ask("/cgi-bin/user/info", openid=simulator.openid()).data
    assert (info["qr_scene"], info["qr_scene_str"]) == told
    assert info["subscribe_scene"] == "ADD_SCENE_QR_CODE"


def test_a_mini_program_makes_no_such_codes(simulator: Driver) -> None:
    assert simulator.call(CREATE, order("QR_STR_SCENE", "x"), MINIPROGRAM).errcode == 48001
