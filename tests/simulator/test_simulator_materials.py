"""Permanent material (§4.7): kept for good, listed, taken away, and good wherever a temporary file is."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.storage import Storage
from tests.simulator.driver import JPG, MINIPROGRAM, OFFICIAL, PNG, Driver, Receiver, Result, account
from tests.simulator.results import restarted
from tests.simulator.test_simulator_media import MP4, amr

ADD = "/cgi-bin/material/add_material"
DAYS = 86_400


def add(simulator: Driver, kind: str, content: bytes, **fields: str) -> Result:
    return simulator.upload(f"{ADD}?access_token={simulator.token()}&type={kind}", "media", content, **fields)


def added(simulator: Driver, kind: str = "image", content: bytes = PNG, **fields: str) -> str:
    return str(add(simulator, kind, content, **fields).data["media_id"])


def video(simulator: Driver, description: object) -> Result:
    return add(simulator, "video", MP4, description=json.dumps(description, ensure_ascii=False))


def got(simulator: Driver, media_id: str) -> Result:
    return simulator.call("/cgi-bin/material/get_material", {"media_id": media_id})


def listed(simulator: Driver, kind: str = "image", offset: object = 0, count: object = 20) -> Any:
    body = {"type": kind, "offset": offset, "count": count}
    return simulator.call("/cgi-bin/material/batchget_material", body).data


def test_a_picture_is_kept_for_good_and_has_an_address(simulator: Driver) -> None:
    answer = add(simulator, "image", PNG).data
    assert simulator.get(answer["url"].removeprefix(simulator.base)).raw == PNG
    simulator.advance(30 * DAYS)
    assert got(simulator, answer["media_id"]).raw == PNG


@pytest.mark.parametrize(("kind", "content"), [("voice", amr(60)), ("thumb", JPG)])
def test_other_files_have_no_address(simulator: Driver, kind: str, content: bytes) -> None:
    answer = add(simulator, kind, content).data
    assert set(answer) == {"media_id"}
    assert got(simulator, answer["media_id"]).raw == content


def test_a_video_is_told_with_its_title(simulator: Driver) -> None:
    media_id = video(simulator, {"title": "消防演练", "introduction": "五月"}).data["media_id"]
    told = got(simulator, media_id).data
    assert (told["title"], told["description"]) == ("消防演练", "五月")
    assert simulator.get(told["down_url"].removeprefix(simulator.base)).raw == MP4


@pytest.mark.parametrize("description", [{}, {"title": ""}, {"title": 5}, [], "text"])
def test_a_video_needs_a_title(simulator: Driver, description: object) -> None:
    assert video(simulator, description).errcode == 47001


@pytest.mark.parametrize(
    ("kind", "content", "errcode"),
    [
        ("paper", PNG, 40004),
        ("image", b"", 41005),
        ("image", b"text", 40005),
        ("image", PNG + bytes(10 * 1024 * 1024), 40009),
        ("voice", amr(61), 45007),
        ("thumb", JPG + bytes(64 * 1024), 40012),
    ],
)
def test_the_limits_are_those_of_temporary_files(simulator: Driver, kind: str, content: bytes, errcode: int) -> None:
    assert add(simulator, kind, content).errcode == errcode


def test_material_is_listed_the_newest_first(simulator: Driver) -> None:
    first, second = added(simulator), added(simulator, "thumb", JPG)
    page = listed(simulator)
    assert [one["media_id"] for one in page["item"]] == [second, first]
    assert (page["total_count"], page["item_count"], page["item"][1]["name"]) == (2, 2, "file.bin")
    assert page["item"][1]["url"].startswith(simulator.base)
    assert [one["media_id"] for one in listed(simulator, offset=1, count=1)["item"]] == [first]
    assert listed(simulator, "voice") == {"total_count": 0, "item_count": 0, "item": []}
    assert listed(simulator, "news")["total_count"] == 0


@pytest.mark.parametrize(
    ("kind", "offset", "count", "errcode"),
    [("paper", 0, 20, 40004), ("image", -1, 20, 40097), ("image", 0, 0, 40097), ("image", 0, 21, 40097),
     ("image", "0", 20, 40097), ("image", 0, None, 40097)],
)  # fmt: skip
def test_a_list_has_bounds(simulator: Driver, kind: str, offset: object, count: object, errcode: int) -> None:
    assert listed(simulator, kind, offset, count)["errcode"] == errcode


def test_material_is_counted_by_kind(simulator: Driver) -> None:
    added(simulator)
    added(simulator, "voice", amr(1))
    video(simulator, {"title": "消防演练"})
    counts = simulator.ask("/cgi-bin/material/get_materialcount").data
    assert counts == {"image_count": 1, "voice_count": 1, "video_count": 1, "news_count": 0}


def test_deleted_material_is_gone(simulator: Driver) -> None:
    media_id = added(simulator)
    assert simulator.call("/cgi-bin/material/del_material", {"media_id": media_id}).errcode == 0
    assert got(simulator, media_id).errcode == 40007
    assert simulator.call("/cgi-bin/material/del_material", {"media_id": media_id}).errcode == 40007


def test_the_two_shelves_are_apart(simulator: Driver) -> None:
    permanent = added(simulator)
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type=image"
    temporary = simulator.upload(path, "media", PNG).data["media_id"]
    assert simulator.ask("/cgi-bin/media/get", media_id=permanent).errcode == 40007
    assert got(simulator, temporary).errcode == 40007


def test_permanent_material_is_sent_after_any_time(simulator: Driver, receiver: Receiver) -> None:
    media_id = added(simulator)
    simulator.advance(4 * DAYS)
    simulator.follow()
    message = {"touser": simulator.openid(), "msgtype": "image", "image": {"media_id": media_id}}
    assert simulator.call("/cgi-bin/message/custom/send", message).errcode == 0


def test_a_mini_program_has_no_material(simulator: Driver) -> None:
    path = f"{ADD}?access_token={simulator.token(MINIPROGRAM)}&type=image"
    assert simulator.upload(path, "media", PNG).errcode == 48001


def test_material_survives_a_restart_and_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        media_id = added(first)
        first.post("/simulator/reset")
    with restarted(accounts, storage) as second:
        second.advance(4 * DAYS)
        assert got(second, media_id).raw == PNG
        assert second.platform.media.valid(media_id, OFFICIAL, second.platform.now()) is not None


def test_a_full_shelf_drops_temporary_files_only(simulator: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.state.media.BYTES_KEPT", 2 * len(PNG))
    kept = added(simulator)
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type=image"
    temporary = [simulator.upload(path, "media", PNG).data["media_id"] for _ in range(3)]
    assert got(simulator, kept).raw == PNG
    answers = [simulator.ask("/cgi-bin/media/get", media_id=media_id) for media_id in temporary]
    assert [answer.data is None for answer in answers] == [False, False, True]
