"""Temporary media and pictures for articles: kinds, sizes, lengths, lives (§4.7)."""

import pytest

from simulator.rules.voices import seconds_of
from tests.simulator.driver import JPG, MINIPROGRAM, PNG, Driver, Result

MEGABYTE = 1024 * 1024
AMR_FRAME = b"\x3c" + bytes(31)
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s, 44.1 kHz: 417 bytes, 26 ms
MP4 = b"\0\0\0\x18ftypmp42" + bytes(32)
GIF = b"GIF89a" + bytes(32)


def amr(seconds: int) -> bytes:
    return b"#!AMR\n" + AMR_FRAME * (seconds * 50)


def upload(simulator: Driver, media_type: str, content: bytes, name: str = "media") -> Result:
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type={media_type}"
    return simulator.upload(path, name, content)


@pytest.mark.parametrize(
    ("media_type", "content", "content_type"),
    [
        ("image", PNG, "image/png"),
        ("image", JPG, "image/jpeg"),
        ("image", GIF, "image/gif"),
        ("voice", amr(60), "audio/amr"),
        ("voice", MP3_FRAME * 10, "audio/mpeg"),
        ("thumb", JPG, "image/jpeg"),
    ],
)
def test_what_was_uploaded_comes_back(simulator: Driver, media_type: str, content: bytes, content_type: str) -> None:
    answer = upload(simulator, media_type, content).data
    assert set(answer) == {"type", "media_id", "created_at"}
    got = simulator.ask("/cgi-bin/media/get", media_id=answer["media_id"])
    assert (got.raw, got.headers["Content-Type"]) == (content, content_type)


def test_a_video_comes_back_as_an_address(simulator: Driver) -> None:
    media_id = upload(simulator, "video", MP4).data["media_id"]
    url = simulator.ask("/cgi-bin/media/get", media_id=media_id).data["video_url"]
    assert simulator.get(url.removeprefix(simulator.base)).raw == MP4


@pytest.mark.parametrize(
    ("media_type", "content", "errcode"),
    [
        ("paper", PNG, 40004),
        ("", PNG, 40004),
        ("image", b"", 41005),
        ("image", b"plain text", 40005),
        ("thumb", PNG, 40005),
        ("voice", PNG, 40005),
        ("video", JPG, 40005),
        ("image", PNG + bytes(10 * MEGABYTE), 40009),
        ("voice", amr(1) + bytes(2 * MEGABYTE), 40010),
        ("video", MP4 + bytes(10 * MEGABYTE), 40011),
        ("thumb", JPG + bytes(64 * 1024), 40012),
        ("voice", amr(61), 45007),
        ("voice", MP3_FRAME * 2400, 45007),
    ],
)
def test_a_file_that_does_not_fit_is_refused(simulator: Driver, media_type: str, content: bytes, errcode: int) -> None:
    assert upload(simulator, media_type, content).errcode == errcode


def test_the_field_must_be_called_media(simulator: Driver) -> None:
    assert upload(simulator, "image", PNG, name="file").errcode == 41005


def test_a_body_that_is_no_form_carries_no_file(simulator: Driver) -> None:
    assert simulator.call("/cgi-bin/media/upload", PNG).errcode in {40004, 41005}


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\nContent-Disposition: nonsense\r\n\r\nabc\r\n--x--\r\n"])
def test_a_broken_form_carries_no_file(simulator: Driver, body: bytes) -> None:
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type=image"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert simulator.request("POST", path, body=body, headers=headers).errcode == 41005
    headers["Content-Type"] = "multipart/form-data"
    assert simulator.request("POST", path, body=body, headers=headers).errcode == 41005


def test_a_media_id_lives_three_days_and_in_its_own_account(simulator: Driver) -> None:
    media_id = upload(simulator, "image", PNG).data["media_id"]
    assert simulator.ask("/cgi-bin/media/get", MINIPROGRAM, media_id=media_id).errcode == 40007
    simulator.advance(3 * 86_400 - 10)
    assert simulator.ask("/cgi-bin/media/get", media_id=media_id).raw == PNG
    simulator.advance(11)
    assert simulator.ask("/cgi-bin/media/get", media_id=media_id).errcode == 40007


@pytest.mark.parametrize(
    ("content", "errcode"),
    [(PNG, None), (JPG, None), (GIF, 40005), (JPG + bytes(MEGABYTE), 40009)],
)
def test_a_picture_for_articles_gets_an_address(simulator: Driver, content: bytes, errcode: int | None) -> None:
    path = f"/cgi-bin/media/uploadimg?access_token={simulator.token()}"
    answer = simulator.upload(path, "media", content)
    assert answer.errcode == errcode
    if errcode is None:
        assert simulator.get(answer.data["url"].removeprefix(simulator.base)).raw == content


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (amr(3), 3.0),
        (b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * 100, 2.0),
        (MP3_FRAME * 383, 10.0),
        (b"ID3\x04\x00\x00\x00\x00\x00\x05xxxxx" + MP3_FRAME * 383, 10.0),
        (b"#!AMR\n", 0.0),
        (b"ID3", 0.0),
        (b"\xff" * 100, 0.0),
    ],
)
def test_the_length_of_a_recording_is_counted(content: bytes, seconds: float) -> None:
    assert seconds_of(content) == pytest.approx(seconds, abs=0.02)
