"""What we answer is well-formed whatever it holds, stays within the platform's limit, and nothing can be injected."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.pushes import documents, envelope, replies
from backend.wechat.pushes.envelope import Keys
from backend.wechat.pushes.messages import Text
from backend.wechat.pushes.replies import (
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)

MESSAGE = Text("o9AgO5Kd", "gh_97417a04a28d", datetime(2024, 4, 26, tzinfo=UTC), "m:1", "帮助")
NASTY = "]]><Content>x</Content> ]]]]>> <b>&amp;\"' 云溪🏮"
KINDS: list[tuple[Reply, dict[str, Any]]] = [
    (TextReply(NASTY), {"MsgType": "text", "Content": NASTY}),
    (ImageReply("M1"), {"MsgType": "image", "Image": {"MediaId": "M1"}}),
    (VoiceReply("M1"), {"MsgType": "voice", "Voice": {"MediaId": "M1"}}),
    (
        VideoReply("M1", NASTY, "说明"),
        {"MsgType": "video", "Video": {"MediaId": "M1", "Title": NASTY, "Description": "说明"}},
    ),
    (
        MusicReply("T1", "歌", NASTY, "http://m", "http://hq"),
        {
            "MsgType": "music",
            "Music": {
                "Title": "歌",
                "Description": NASTY,
                "MusicUrl": "http://m",
                "HQMusicUrl": "http://hq",
                "ThumbMediaId": "T1",
            },
        },
    ),
    (
        NewsReply("标题", NASTY, "http://p?a=1&b=2", "http://u"),
        {
            "MsgType": "news",
            "ArticleCount": 1,
            "Articles": {
                "item": {"Title": "标题", "Description": NASTY, "PicUrl": "http://p?a=1&b=2", "Url": "http://u"}
            },
        },
    ),
    (TransferReply(), {"MsgType": "transfer_customer_service"}),
    (
        TransferReply("a@gh"),
        {"MsgType": "transfer_customer_service", "TransInfo": {"KfAccount": "a@gh"}},
    ),
]
HEAD = {"ToUserName": "o9AgO5Kd", "FromUserName": "gh_97417a04a28d", "CreateTime": 1714112445}


@pytest.mark.parametrize(("reply", "expected"), KINDS)
def test_every_kind_says_the_same_in_json(reply: Reply, expected: dict[str, Any]) -> None:
    rendered = replies.render(reply, MESSAGE, 1714112445, "json")
    assert json.loads(rendered) == {**HEAD, **expected}
    assert b"\\u" not in rendered


@pytest.mark.parametrize(("reply", "expected"), KINDS)
def test_every_kind_says_the_same_in_xml(reply: Reply, expected: dict[str, Any]) -> None:
    rendered = replies.render(reply, MESSAGE, 1714112445, "xml")
    assert documents.read(rendered) == (_texts({**HEAD, **expected}), "xml")
    assert ElementTree.fromstring(rendered).tag == "xml"


def _texts(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _texts(value) if isinstance(value, dict) else str(value) for name, value in fields.items()}


@given(st.text(max_size=60))
def test_no_text_can_end_its_element_or_add_another(text: str) -> None:
    for content in (text, f"]]>{text}", f"{text}]]>", f"]]{text}>"):
        root = ElementTree.fromstring(replies.render(TextReply(content), MESSAGE, 1, "xml"))
        assert [child.tag for child in root] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
        assert len(root[4]) == 0


def test_control_characters_and_broken_ones_are_left_out() -> None:
    content = "a\x00b\x01c\x08d\x0be\x0cf\x1fg\ud800h\udfffi\ufffej\uffffk\t\nl🏮\x7f"
    said = documents.read(replies.render(TextReply(content), MESSAGE, 1, "xml"))[0]["Content"]
    assert said == "abcdefghijk\t\nl🏮\x7f"


def test_every_character_that_xml_allows_comes_through() -> None:
    for start in (0x20, 0xD000, 0xE000, 0xFF00, 0x10000, 0x1F300, 0x10FF00):
        content = "".join(chr(n) for n in range(start, start + 0xF0) if chr(n) not in "\ufffe\uffff")
        assert documents.read(replies.render(TextReply(content), MESSAGE, 1, "xml"))[0]["Content"] == content


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("character", ["x", "é", "云", "🏮"])
def test_a_text_is_cut_at_a_character_within_2048_bytes(form: str, character: str) -> None:
    for surplus in range(8):
        content = "x" * surplus + character * 2049
        said = str(documents.read(replies.render(TextReply(content), MESSAGE, 1, form))[0]["Content"])
        assert 2048 - 4 < len(said.encode()) <= 2048
        assert said.endswith("…")
        assert content.startswith(said[:-1])


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_sealed_answer_is_written_in_four_elements_and_opens(form: str) -> None:
    keys = Keys("wxba5fad812f8e6fb9", "AAAAA", "A" * 43)
    sealed = envelope.seal("云溪".encode(), keys, 1714112445, "415670741")
    written = replies.render_sealed(sealed, form)
    fields, read_form = documents.read(written)
    assert read_form == form
    assert list(fields) == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    assert fields["TimeStamp"] == (1714112445 if form == "json" else "1714112445")
    stamp = envelope.Stamp("", str(fields["TimeStamp"]), fields["Nonce"], fields["MsgSignature"])
    assert envelope.open_sealed(fields["Encrypt"], stamp, keys, 1714112445) == "云溪".encode()
