"""From the fields of a pushed document to a typed message: one table of messages, one of events."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from backend.wechat.pushes import coordinates
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.documents import DocumentError, Fields
from backend.wechat.pushes.fields import MAX_ID, group, groups, identifier, integer, text

_LAST_MOMENT = 4_102_444_800  # 2100: a later CreateTime is damage, and would shadow all that follows

Head = tuple[str, str, datetime, str]


def read(fields: Fields) -> m.Inbound:
    """Raises DocumentError when a field every message needs is missing or absurd. What is only new becomes Unknown."""
    kind = text(fields, "MsgType").lower()
    event = text(fields, "Event").lower()
    reader = _EVENTS.get(event) if kind == "event" else _MESSAGES.get(kind)
    head = _head(fields, event)
    if reader is None:
        return m.Unknown(*head, event or kind)
    return reader(fields, head)


def _head(fields: Fields, event: str) -> Head:
    openid, to = identifier(fields, "FromUserName"), identifier(fields, "ToUserName")
    seconds = integer(fields, "CreateTime")
    person = identifier(fields, "OpenID") if event in _AUTHORIZATION else openid
    if not openid or not person or not to or not text(fields, "MsgType") or not 0 < seconds < _LAST_MOMENT:
        raise DocumentError("a common field is missing")
    return person, to, datetime.fromtimestamp(seconds, UTC), _key(fields, event, seconds)


def _key(fields: Fields, event: str, seconds: int) -> str:
    """Messages repeat their MsgId. Events have none: the second and a digest of all else, the sender too, whom nobody
    shall read in a key."""
    if not event:
        return f"m:{text(fields, 'MsgId') or f'{seconds}:{_digest(fields)}'}"
    return f"e:{seconds}:{event}:{_digest(fields)}"


def _digest(fields: Fields) -> str:
    """All fields of the decrypted content; a retry repeats them all."""
    return hashlib.blake2b(repr(sorted(fields.items())).encode(), digest_size=12).hexdigest()


def _point(latitude: str, longitude: str) -> tuple[float, float]:
    try:
        north, east = float(latitude), float(longitude)
    except ValueError as error:
        raise DocumentError("not a coordinate") from error
    if not (-90 <= north <= 90 and -180 <= east <= 180):  # also false for NaN
        raise DocumentError("not on this planet")
    return coordinates.to_wgs84(north, east)


def _text(f: Fields, head: Head) -> m.Inbound:
    return m.Text(*head, text(f, "Content"), text(f, "bizmsgmenuid"))


def _image(f: Fields, head: Head) -> m.Inbound:
    return m.Image(*head, text(f, "MediaId"), text(f, "PicUrl"))


def _voice(f: Fields, head: Head) -> m.Inbound:
    return m.Voice(*head, text(f, "MediaId"), text(f, "Format"), text(f, "MediaId16K"))


def _video(f: Fields, head: Head) -> m.Inbound:
    return m.Video(*head, text(f, "MediaId"), text(f, "ThumbMediaId"), text(f, "MsgType").lower() == "shortvideo")


def _location(f: Fields, head: Head) -> m.Inbound:
    return m.Location(*head, *_point(text(f, "Location_X"), text(f, "Location_Y")), text(f, "Label"))


def _link(f: Fields, head: Head) -> m.Inbound:
    return m.Link(*head, text(f, "Title"), text(f, "Url"), text(f, "Description"))


def _page(f: Fields, head: Head) -> m.Inbound:
    return m.MiniProgramPage(*head, text(f, "Title"), text(f, "AppId"), text(f, "PagePath"))


def _subscribe(f: Fields, head: Head) -> m.Inbound:
    return m.Subscribe(*head, scene_of(text(f, "EventKey").removeprefix("qrscene_")), text(f, "Ticket"))


def scene_of(key: str) -> str:
    """A scene has 64 characters at most; some clients put other things into EventKey, such as `last_trade_no_…`."""
    return key if len(key) <= MAX_ID and not key.startswith("last_trade_no_") else ""


def _unsubscribe(_f: Fields, head: Head) -> m.Inbound:
    return m.Unsubscribe(*head)


def _scan(f: Fields, head: Head) -> m.Inbound:
    return m.Scan(*head, scene_of(text(f, "EventKey")), text(f, "Ticket"))


def _enter(f: Fields, head: Head) -> m.Inbound:
    return m.EnterSession(*head, text(f, "SessionFrom"))


def _click(f: Fields, head: Head) -> m.Inbound:
    return m.Click(*head, text(f, "EventKey"))


def _view(f: Fields, head: Head) -> m.Inbound:
    return m.View(*head, text(f, "EventKey"), text(f, "MenuId"))


def _view_page(f: Fields, head: Head) -> m.Inbound:
    return m.ViewMiniProgram(*head, text(f, "EventKey"), text(f, "MenuId"))


def _scan_code(f: Fields, head: Head) -> m.Inbound:
    info, waits = group(f, "ScanCodeInfo"), text(f, "Event").lower() == "scancode_waitmsg"
    return m.ScanCode(*head, text(f, "EventKey"), text(info, "ScanType"), text(info, "ScanResult"), waits)


def _photo_menu(f: Fields, head: Head) -> m.Inbound:
    return m.PhotoMenu(*head, text(f, "EventKey"), integer(group(f, "SendPicsInfo"), "Count"))


def _location_menu(f: Fields, head: Head) -> m.Inbound:
    return m.LocationMenu(*head, text(f, "EventKey"))


def _report(f: Fields, head: Head) -> m.Inbound:
    return m.LocationReport(*head, *_point(text(f, "Latitude"), text(f, "Longitude")))


def _message_id(f: Fields) -> str:
    return text(f, "MsgID") or text(f, "MsgId")


def _template_finished(f: Fields, head: Head) -> m.Inbound:
    return m.TemplateFinished(*head, _message_id(f), text(f, "Status").replace(" ", "").lower())


def _mass_finished(f: Fields, head: Head) -> m.Inbound:
    counts = (integer(f, name) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount"))
    return m.MassFinished(*head, _message_id(f), text(f, "Status").replace(" ", "").lower(), *counts)


def _publish_finished(f: Fields, head: Head) -> m.Inbound:
    info = group(f, "PublishEventInfo")
    return m.PublishFinished(*head, text(info, "publish_id"), integer(info, "publish_status"), text(info, "article_id"))


def _subscription(f: Fields, name: str) -> list[Fields]:
    """XML nests the list below the event's name; JSON carries it at the top."""
    return groups(group(f, name) or f, "List")


def _choices(f: Fields, name: str) -> tuple[m.Choice, ...]:
    return tuple(
        m.Choice(text(item, "TemplateId"), text(item, "SubscribeStatusString"), text(item, "PopupScene"))
        for item in _subscription(f, name)
    )


def _popup(f: Fields, head: Head) -> m.Inbound:
    return m.SubscribePopup(*head, _choices(f, "SubscribeMsgPopupEvent"))


def _change(f: Fields, head: Head) -> m.Inbound:
    return m.SubscribeChange(*head, _choices(f, "SubscribeMsgChangeEvent"))


def _sent(f: Fields, head: Head) -> m.Inbound:
    results = (
        m.SentResult(text(item, "TemplateId"), _message_id(item), integer(item, "ErrorCode"), text(item, "ErrorStatus"))
        for item in _subscription(f, "SubscribeMsgSentEvent")
    )
    return m.SubscribeSent(*head, tuple(results))


def _media_checked(f: Fields, head: Head) -> m.Inbound:
    result = group(f, "result")
    return m.MediaChecked(
        *head, text(f, "trace_id"), integer(f, "errcode"), text(result, "suggest"), integer(result, "label")
    )


def _agent(change: str) -> Callable[[Fields, Head], m.Inbound]:
    def reader(f: Fields, head: Head) -> m.Inbound:
        agent = text(f, "KfAccount") or text(f, "ToKfAccount")
        return m.AgentSession(*head, change, agent, text(f, "FromKfAccount"))

    return reader


def _authorization(change: str) -> Callable[[Fields, Head], m.Inbound]:
    def reader(f: Fields, head: Head) -> m.Inbound:
        codes = tuple(
            int(code) for code in text(f, "RevokeInfo").replace(",", " ").split() if code.isascii() and code.isdigit()
        )
        return m.AuthorizationChange(*head, change, identifier(f, "UnionID"), codes)

    return reader


def _punished(f: Fields, head: Head) -> m.Inbound:
    return m.Punished(*head, integer(f, "event_type"))


Reader = Callable[[Fields, Head], m.Inbound]

_MESSAGES: dict[str, Reader] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "miniprogrampage": _page,
}

_AUTHORIZATION: dict[str, Reader] = {
    "user_info_modified": _authorization("modified"),
    "user_authorization_revoke": _authorization("revoked"),
    "user_authorization_cancellation": _authorization("cancelled"),
}

_EVENTS: dict[str, Reader] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "user_enter_tempsession": _enter,
    "click": _click,
    "view": _view,
    "view_miniprogram": _view_page,
    "scancode_push": _scan_code,
    "scancode_waitmsg": _scan_code,
    "pic_sysphoto": _photo_menu,
    "pic_photo_or_album": _photo_menu,
    "pic_weixin": _photo_menu,
    "location_select": _location_menu,
    "location": _report,
    "templatesendjobfinish": _template_finished,
    "masssendjobfinish": _mass_finished,
    "publishjobfinish": _publish_finished,
    "subscribe_msg_popup_event": _popup,
    "subscribe_msg_change_event": _change,
    "subscribe_msg_sent_event": _sent,
    "wxa_media_check": _media_checked,
    "kf_create_session": _agent("created"),
    "kf_close_session": _agent("closed"),
    "kf_switch_session": _agent("switched"),
    "wxa_punish_event": _punished,
    **_AUTHORIZATION,
}
