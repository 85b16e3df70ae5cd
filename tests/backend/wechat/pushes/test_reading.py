"""Every message and event of the platform becomes its typed value, in XML and in JSON alike."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.wechat.pushes import coordinates, documents, reading
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.documents import DocumentError, Fields
from backend.wechat.pushes.replies import Pair, write

HEAD: Fields = {"ToUserName": "gh_97417a04a28d", "FromUserName": "o9AgO5Kd", "CreateTime": "1714112445"}
AT = datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)
PLACE = (30.42, 112.83)
SHIFTED = coordinates.to_gcj02(*PLACE)
SUBSCRIPTIONS = ("subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event")


def _read(fields: Fields, **more: Any) -> m.Inbound:
    return reading.read({**HEAD, **fields, **more})


def _message(kind: str, **fields: Any) -> Fields:
    return {"MsgType": kind, "MsgId": "24568234589076543", **fields}


def _event(name: str, **fields: Any) -> Fields:
    return {"MsgType": "event", "Event": name, **fields}


def _own(message: m.Inbound) -> tuple[object, ...]:
    """The kind, and what it says beyond what all messages say."""
    common = {"openid", "to", "at", "key"}
    return type(message), *(getattr(message, name) for name in type(message).__dataclass_fields__ if name not in common)


TABLE: list[tuple[Fields, tuple[object, ...]]] = [
    # §2.1 messages
    (_message("text", Content="你好 <b>&"), (m.Text, "你好 <b>&", "")),
    (_message("text", Content="满意", bizmsgmenuid="101"), (m.Text, "满意", "101")),
    (_message("text", Content=""), (m.Text, "", "")),
    (_message("image", PicUrl="http://p/1", MediaId="M1"), (m.Image, "M1", "http://p/1")),
    (_message("voice", MediaId="M1", Format="amr", MediaId16K="M2"), (m.Voice, "M1", "amr", "M2")),
    (_message("video", MediaId="M1", ThumbMediaId="T1"), (m.Video, "M1", "T1", False)),
    (_message("shortvideo", MediaId="M1", ThumbMediaId="T1"), (m.Video, "M1", "T1", True)),
    (
        _message("link", Title="标题", Description="说明", Url="http://l/1"),
        (m.Link, "标题", "http://l/1", "说明"),
    ),
    (
        _message("miniprogrampage", Title="卡片", AppId="wx1", PagePath="pages/a", ThumbUrl="u", ThumbMediaId="t"),
        (m.MiniProgramPage, "卡片", "wx1", "pages/a"),
    ),
    # §2.2 events
    (_event("subscribe"), (m.Subscribe, "", "")),
    (_event("subscribe", EventKey=""), (m.Subscribe, "", "")),
    (_event("subscribe", EventKey="qrscene_place.9901", Ticket="T"), (m.Subscribe, "place.9901", "T")),
    (_event("subscribe", EventKey="last_trade_no_4200001"), (m.Subscribe, "", "")),
    (_event("unsubscribe", EventKey=""), (m.Unsubscribe,)),
    (_event("SCAN", EventKey="place.9901", Ticket="T"), (m.Scan, "place.9901", "T")),
    (_event("CLICK", EventKey="help"), (m.Click, "help")),
    (_event("VIEW", EventKey="http://v/1", MenuId="7"), (m.View, "http://v/1", "7")),
    (_event("view_miniprogram", EventKey="pages/a", MenuId="7"), (m.ViewMiniProgram, "pages/a", "7")),
    *(
        (
            _event(name, EventKey="sign", ScanCodeInfo={"ScanType": "qrcode", "ScanResult": "place.1"}),
            (m.ScanCode, "sign", "qrcode", "place.1", name == "scancode_waitmsg"),
        )
        for name in ("scancode_push", "scancode_waitmsg")
    ),
    *(
        (
            _event(name, EventKey="pic", SendPicsInfo={"Count": "1", "PicList": {"item": {"PicMd5Sum": "5a"}}}),
            (m.PhotoMenu, "pic", 1),
        )
        for name in ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
    ),
    (
        _event("location_select", EventKey="where", SendLocationInfo={"Location_X": "23", "Poiname": ""}),
        (m.LocationMenu, "where"),
    ),
    *(
        (_event("TEMPLATESENDJOBFINISH", MsgID="200163836", Status=status), (m.TemplateFinished, "200163836", read))
        for status, read in (
            ("success", "success"),
            ("failed:user block", "failed:userblock"),
            ("failed: system failed", "failed:systemfailed"),
        )
    ),
    (
        _event(
            "MASSSENDJOBFINISH",
            MsgID="1000001625",
            Status="err(30003)",
            TotalCount="100",
            FilterCount="80",
            SentCount="75",
            ErrorCount="5",
            CopyrightCheckResult={"Count": "0", "ResultList": "", "CheckState": "1"},
        ),
        (m.MassFinished, "1000001625", "err(30003)", 100, 80, 75, 5),
    ),
    (
        _event("PUBLISHJOBFINISH", PublishEventInfo={"publish_id": "2247", "publish_status": "0", "article_id": "b5O"}),
        (m.PublishFinished, "2247", 0, "b5O"),
    ),
    (_event("kf_create_session", KfAccount="a@gh"), (m.AgentSession, "created", "a@gh", "")),
    (_event("kf_close_session", KfAccount="a@gh"), (m.AgentSession, "closed", "a@gh", "")),
    (
        _event("kf_switch_session", FromKfAccount="a@gh", ToKfAccount="b@gh"),
        (m.AgentSession, "switched", "b@gh", "a@gh"),
    ),
    # §2.3 mini-program
    (_event("user_enter_tempsession", SessionFrom="card"), (m.EnterSession, "card")),
    (
        _event("wxa_media_check", trace_id="60ae", errcode="-1008", result={"suggest": "risky", "label": "20001"}),
        (m.MediaChecked, "60ae", -1008, "risky", 20001),
    ),
    (_event("wxa_punish_event", event_type="2"), (m.Punished, 2)),
    # what is new is no reason to fail
    (_message("hologram", Content="x"), (m.Unknown, "hologram")),
    (_event("debug_demo", debug_str="hello"), (m.Unknown, "debug_demo")),
    (_event(""), (m.Unknown, "event")),
]


@pytest.mark.parametrize(("fields", "expected"), TABLE)
@pytest.mark.parametrize("form", ["xml", "json", "json with numbers"])
def test_every_message_and_event_is_read(fields: Fields, expected: tuple[object, ...], form: str) -> None:
    read = reading.read(_through({**HEAD, **fields}, form))
    assert _own(read) == expected
    assert (read.openid, read.to, read.at) == ("o9AgO5Kd", "gh_97417a04a28d", AT)


def _through(fields: Fields, form: str) -> Fields:
    """The fields, written down in the form and read again as a document."""
    if form == "xml":
        return documents.read(write(_pairs(fields), "xml"))[0]
    if form == "json with numbers":
        fields = _numbers(fields)
    return documents.read(json.dumps(fields, ensure_ascii=False).encode())[0]


def _pairs(fields: Fields) -> list[Pair]:
    written: list[Pair] = []
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            written.append((name, _pairs(item) if isinstance(item, dict) else item))
    return written


def _numbers(fields: Fields) -> Fields:
    """As some JSON configurations have it: what looks like a number is one."""
    as_number = {"CreateTime", "MsgId", "MsgID", "Count", "TotalCount", "errcode", "label", "event_type", "PopupScene"}
    return {
        name: _numbers(value) if isinstance(value, dict) else int(value) if name in as_number else value
        for name, value in fields.items()
    }


@pytest.mark.parametrize("form", ["xml", "json"])
def test_coordinates_come_in_as_gcj02_and_are_read_as_wgs84(form: str) -> None:
    north, east = (str(degrees) for degrees in SHIFTED)
    sent = _message("location", Location_X=north, Location_Y=east, Scale="15", Label="云溪区")
    reported = _event("LOCATION", Latitude=north, Longitude=east, Precision="40.0")
    read = [reading.read(_through({**HEAD, **fields}, form)) for fields in (sent, reported)]
    assert [type(message) for message in read] == [m.Location, m.LocationReport]
    for message in read:
        assert isinstance(message, m.Location | m.LocationReport)
        assert getattr(message, "label", "云溪区") == "云溪区"
        assert (message.latitude, message.longitude) == pytest.approx(PLACE, abs=1e-7)


ABSURD = ["", "abc", "nan", "inf", "-inf", "1e400", "91", "-91", "三十", "30.1,112"]


@pytest.mark.parametrize("degrees", ABSURD)
def test_bad_coordinates_are_refused(degrees: str) -> None:
    for fields in (
        _message("location", Location_X=degrees, Location_Y="112.8"),
        _event("LOCATION", Latitude=degrees, Longitude="112.8"),
        _message("location", Location_X="30.4", Location_Y={"91": "181", "-91": "-181"}.get(degrees, degrees)),
    ):
        with pytest.raises(DocumentError):
            _read(fields)


def test_missing_coordinates_are_refused() -> None:
    for fields in (_message("location"), _event("LOCATION"), _message("location", Location_X={"a": "1"})):
        with pytest.raises(DocumentError):
            _read(fields)


@pytest.mark.parametrize("name", ["subscribe", "Subscribe", "SUBSCRIBE"])
def test_event_names_and_kinds_are_read_in_any_case(name: str) -> None:
    assert isinstance(_read({"MsgType": "Event", "Event": name}), m.Subscribe)
    assert isinstance(_read({"MsgType": "TEXT", "MsgId": "1", "Content": "x"}), m.Text)


@pytest.mark.parametrize("name", ["templateSendJobFinish", "scan", "Click", "location", "VIEW_miniprogram"])
def test_no_event_depends_on_its_case(name: str) -> None:
    fields = {"EventKey": "k", "Latitude": "30", "Longitude": "112", "MsgID": "1", "Status": "SUCCESS"}
    spellings = (name, name.upper(), name.lower())
    assert len({type(_read(_event(spelling, **fields))) for spelling in spellings} - {m.Unknown}) == 1
