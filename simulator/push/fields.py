"""The fields of the messages and events that a person can cause (protocol §2.1 to §2.3).

Everything else of §2 reaches the renderer as plain fields through POST /simulator/push.
"""

from simulator.accounts import Account
from simulator.coordinates import to_gcj02
from simulator.platform import Platform
from simulator.shapes import JsonObject

FIRST_MSG_ID = 24_600_000_000_000_000
SCALE = 16


def complete(platform: Platform, account: Account, openid: str, fields: JsonObject) -> JsonObject:
    """Puts the common fields before the given ones; a given field wins. Events have no MsgId."""
    common: JsonObject = {
        "ToUserName": account.original_id,
        "FromUserName": openid,
        "CreateTime": int(platform.now()),
    }
    if fields.get("MsgType") != "event":
        common["MsgId"] = FIRST_MSG_ID + platform.world.next_id()
    return common | fields


def text(content: str) -> JsonObject:
    return {"MsgType": "text", "Content": content}


def menu_text(item_id: str, content: str) -> JsonObject:
    """A chosen item of a msgmenu arrives as a text."""
    return text(content) | {"bizmsgmenuid": item_id}


def image(url: str, media_id: str) -> JsonObject:
    return {"MsgType": "image", "PicUrl": url, "MediaId": media_id}


def voice(media_id: str, wide_media_id: str, voice_format: str) -> JsonObject:
    return {"MsgType": "voice", "MediaId": media_id, "Format": voice_format, "MediaId16K": wide_media_id}


def location(latitude: float, longitude: float, label: str) -> JsonObject:
    """Takes WGS84, carries GCJ-02."""
    x, y = _shifted(latitude, longitude)
    return {"MsgType": "location", "Location_X": x, "Location_Y": y, "Scale": SCALE, "Label": label}


def link(title: str, description: str, url: str) -> JsonObject:
    return {"MsgType": "link", "Title": title, "Description": description, "Url": url}


def event(name: str, key: str = "") -> JsonObject:
    return {"MsgType": "event", "Event": name, "EventKey": key}


def subscribe(scene: str, ticket: str) -> JsonObject:
    """With a scene it comes from a parameter QR code, otherwise EventKey is empty."""
    if not scene:
        return event("subscribe")
    return event("subscribe", f"qrscene_{scene}") | {"Ticket": ticket}


def scan(scene: str, ticket: str) -> JsonObject:
    return event("SCAN", scene) | {"Ticket": ticket}


def view(event_name: str, key: str, menu_id: int) -> JsonObject:
    """VIEW with the address, or view_miniprogram with the page."""
    return event(event_name, key) | {"MenuId": menu_id}


def scanned(event_name: str, key: str, result: str) -> JsonObject:
    return event(event_name, key) | {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": result}}


def pictures(event_name: str, key: str, digests: list[str]) -> JsonObject:
    items = [{"PicMd5Sum": digest} for digest in digests]
    return event(event_name, key) | {"SendPicsInfo": {"Count": len(items), "PicList": {"item": items}}}


def chosen_location(key: str, latitude: float, longitude: float, label: str) -> JsonObject:
    x, y = _shifted(latitude, longitude)
    place = {
        "Location_X": str(x),
        "Location_Y": str(y),
        "Scale": str(SCALE),
        "Label": label,
        "Poiname": label,
    }
    return event("location_select", key) | {"SendLocationInfo": place}


def enter_session(session_from: str) -> JsonObject:
    return {"MsgType": "event", "Event": "user_enter_tempsession", "SessionFrom": session_from}


def kf_session(event_name: str, kf_account: str) -> JsonObject:
    return {"MsgType": "event", "Event": event_name, "KfAccount": kf_account}


def _shifted(latitude: float, longitude: float) -> tuple[float, float]:
    x, y = to_gcj02(latitude, longitude)
    return round(x, 6), round(y, 6)
