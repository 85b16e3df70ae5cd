"""What people do on the phone becomes the true messages and events of §2."""

import pytest

from simulator.coordinates import to_gcj02
from tests.simulator.backend import Fields, opened
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, PNG, Driver, Receiver, wait_until

AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50


def last(simulator: Driver, receiver: Receiver, app_id: str = OFFICIAL) -> Fields:
    simulator.settled(app_id=app_id)
    return opened(simulator.platform.accounts[app_id], receiver.pushes[-1])


def send_file(simulator: Driver, verb: str, content: bytes, name: str = "file") -> int:
    return simulator.upload(f"/simulator/people/p1/chats/{OFFICIAL}/{verb}", name, content).status


def test_an_act_is_answered_at_once_and_settled_later(simulator: Driver) -> None:
    answer = simulator.act("follow")
    assert answer.status == 202
    assert answer.data["message"]["state"] == "sending"
    assert simulator.settled()[0]["state"] == "answered"


def test_following_leaving_and_following_again(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    assert (last(simulator, receiver)["Event"], last(simulator, receiver)["EventKey"]) == ("subscribe", None)
    assert simulator.act("follow").status == 409
    simulator.act("unfollow")
    assert last(simulator, receiver)["Event"] == "unsubscribe"
    assert simulator.chat()["following"] is False
    assert simulator.act("unfollow").status == 409
    simulator.follow(scene="hall")
    assert last(simulator, receiver)["EventKey"] == "qrscene_hall"
    assert last(simulator, receiver)["Ticket"]
    simulator.act("follow", {"scene": "hall"})
    assert (last(simulator, receiver)["Event"], last(simulator, receiver)["EventKey"]) == ("SCAN", "hall")


def test_only_followers_write_to_an_official_account(simulator: Driver, receiver: Receiver) -> None:
    assert simulator.act("text", {"content": "在吗"}).status == 409
    assert send_file(simulator, "image", PNG) == 409
    assert receiver.pushes == []


def test_anyone_writes_to_a_mini_program(simulator: Driver, receiver: Receiver) -> None:
    assert simulator.chat(app_id=MINIPROGRAM)["following"] is True
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    assert last(simulator, receiver, MINIPROGRAM)["Content"] == "在吗"
    assert simulator.act("follow", app_id=MINIPROGRAM).status == 409


def test_entering_a_mini_programs_conversation_pushes_where_from(simulator: Driver, receiver: Receiver) -> None:
    simulator.act("enter", {"session_from": "issue-7"}, app_id=MINIPROGRAM)
    pushed = last(simulator, receiver, MINIPROGRAM)
    assert (pushed["Event"], pushed["SessionFrom"]) == ("user_enter_tempsession", "issue-7")
    assert simulator.act("enter").status == 409


def test_a_picture_is_pushed_with_an_address_and_a_media_id(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    assert send_file(simulator, "image", PNG) == 202
    pushed = last(simulator, receiver)
    assert simulator.get(pushed["PicUrl"].removeprefix(simulator.base)).raw == PNG
    assert simulator.ask("/cgi-bin/media/get", media_id=pushed["MediaId"]).raw == PNG


def test_a_voice_is_pushed_with_both_media_ids(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    assert send_file(simulator, "voice", AMR) == 202
    pushed = last(simulator, receiver)
    assert (pushed["MsgType"], pushed["Format"]) == ("voice", "amr")
    assert pushed["MediaId"]
    assert pushed["MediaId16K"]


@pytest.mark.parametrize(
    ("verb", "name", "content", "status"),
    [
        ("image", "file", b"", 400),
        ("image", "other", PNG, 400),
        ("image", "file", AMR, 415),
        ("image", "file", PNG + bytes(10 * 1024 * 1024), 413),
        ("voice", "file", PNG, 415),
        ("voice", "file", AMR + bytes(2 * 1024 * 1024), 413),
    ],
)
def test_a_file_that_is_none_is_refused(
    simulator: Driver, receiver: Receiver, verb: str, name: str, content: bytes, status: int
) -> None:
    simulator.follow()
    receiver.pushes.clear()
    assert send_file(simulator, verb, content, name) == status
    assert receiver.pushes == []


def test_a_location_is_pushed_in_gcj02_and_shown_in_wgs84(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    place = {"latitude": 39.908823, "longitude": 116.397470, "label": "天安门"}
    simulator.act("location", place)
    pushed = last(simulator, receiver)
    assert float(pushed["Location_X"]) == pytest.approx(39.910227, abs=2e-5)
    assert float(pushed["Location_Y"]) == pytest.approx(116.403714, abs=2e-5)
    assert pushed["Label"] == "天安门"
    shown = simulator.messages()[-1]
    assert {name: shown[name] for name in place} == place


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_the_shift_is_that_of_the_published_test_points(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-9)


@pytest.mark.parametrize(("latitude", "longitude"), [(48.8584, 2.2945), (-33.86, 151.2), (0.0, 0.0), (60.0, 100.0)])
def test_places_abroad_are_not_shifted(latitude: float, longitude: float) -> None:
    assert to_gcj02(latitude, longitude) == (latitude, longitude)


def test_a_link_is_pushed_with_its_three_texts(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.act("link", {"title": "题", "description": "述", "url": "http://127.0.0.1/a?b=1&c=2"})
    pushed = last(simulator, receiver)
    assert (pushed["Title"], pushed["Description"]) == ("题", "述")
    assert pushed["Url"] == "http://127.0.0.1/a?b=1&c=2"


def test_a_msgmenu_choice_arrives_as_a_text_with_its_id(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.act("msgmenu", {"id": "101", "content": "满意"})
    pushed = last(simulator, receiver)
    assert (pushed["MsgType"], pushed["Content"], pushed["bizmsgmenuid"]) == ("text", "满意", "101")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("text", {}),
        ("text", {"content": " \n"}),
        ("text", {"content": 5}),
        ("text", {"content": "x" * 2001}),
        ("text", b"{"),
        ("text", b"[]"),
        ("location", {"latitude": "x", "longitude": 1}),
        ("location", {"latitude": 91, "longitude": 1}),
        ("location", {"latitude": True, "longitude": 1}),
        ("link", {"title": "t", "url": "javascript:alert(1)"}),
        ("link", {}),
        ("msgmenu", {"id": "1"}),
        ("scan", {}),
        ("follow", {"scene": "9" * 65}),
    ],
)
def test_bad_input_gets_a_sentence_and_causes_nothing(
    simulator: Driver, receiver: Receiver, verb: str, body: object
) -> None:
    simulator.follow()
    receiver.pushes.clear()
    result = simulator.act(verb, body)
    assert result.status == 400
    assert result.data["detail"].endswith("。")
    assert receiver.pushes == []


@pytest.mark.parametrize(("pid", "app_id"), [("nobody", OFFICIAL), ("p1", "wxnone")])
def test_nobody_and_nowhere_are_not_found(simulator: Driver, pid: str, app_id: str) -> None:
    assert simulator.act("text", {"content": "在吗"}, pid, app_id).status == 404
    assert simulator.get(f"/simulator/people/{pid}/chats/{app_id}").status == 404


def test_a_login_code_becomes_the_persons_openid_once(simulator: Driver) -> None:
    code = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    answer = exchange(simulator, code)
    person = simulator.get("/simulator/state").data["people"][0]
    assert set(answer) == {"openid", "session_key", "unionid"}
    assert answer["openid"] == simulator.openid(app_id=MINIPROGRAM)
    assert answer["unionid"] == person["unionid"]
    assert exchange(simulator, code)["errcode"] == 40163
    simulator.settings(used_code_errcode=40029)
    assert exchange(simulator, code)["errcode"] == 40029


def exchange(simulator: Driver, code: str, **change: str) -> Fields:
    query = {
        "appid": MINIPROGRAM,
        "secret": "0123456789abcdef0123456789abcdef",
        "grant_type": "authorization_code",
        "js_code": code,
    } | change
    path = "/sns/jscode2session?" + "&".join(f"{name}={value}" for name, value in query.items())
    data = simulator.get(path).data
    assert isinstance(data, dict)
    return data


def test_a_login_code_lives_five_minutes(simulator: Driver) -> None:
    code = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    simulator.advance(300)
    assert exchange(simulator, code)["errcode"] == 40029


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"js_code": ""}, 41008),
        ({"js_code": "made-up"}, 40029),
        ({"secret": "wrong"}, 40125),
        ({"appid": OFFICIAL}, 40013),
        ({"appid": ""}, 41002),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_a_login_that_does_not_fit_is_refused(simulator: Driver, change: dict[str, str], errcode: int) -> None:
    code = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    assert exchange(simulator, code, **change)["errcode"] == errcode


def test_everybody_has_a_chat_of_her_own(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow("p1")
    simulator.follow("p2")
    simulator.act("text", {"content": "我是二号"}, "p2")
    wait_until(lambda: len(receiver.pushes) == 3)
    assert len(simulator.settled("p2")) == 2
    assert len(simulator.settled("p1")) == 1
