"""A push as XML or JSON text, in the shapes of protocol §2."""

import json
import re

from simulator.accounts import PushFormat
from simulator.shapes import JsonObject

_UNFIT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LISTED_AT_TOP = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


def render(fields: JsonObject, push_format: PushFormat) -> bytes:
    text = _json(fields) if push_format is PushFormat.JSON else f"<xml>{_elements(fields)}</xml>"
    return text.encode()


def _elements(fields: JsonObject) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> str:
    if isinstance(value, list):  # a repeated element, as PicList/item
        return "".join(_element(name, item) for item in value)
    return f"<{name}>{_inside(value)}</{name}>"


def _inside(value: object) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return f"<![CDATA[{_clean(value)}]]>"


def _clean(value: object) -> str:
    text = "" if value is None else str(value)
    if not text.isprintable():  # asked first because it is quick, and nearly always enough
        text = _UNFIT_FOR_XML.sub("", text)
    return text.replace("]]>", "]]]]><![CDATA[>")


def _json(fields: JsonObject) -> str:
    return json.dumps(_with_list_at_top(fields), ensure_ascii=False)


def _with_list_at_top(fields: JsonObject) -> JsonObject:
    """In JSON the subscribe events carry List at the top, as an object when it has one entry (§2.2)."""
    wrapper = _LISTED_AT_TOP.get(str(fields.get("Event", "")).lower(), "")
    wrapped = fields.get(wrapper)
    if not isinstance(wrapped, dict):
        return fields
    entries = wrapped.get("List")
    alone = isinstance(entries, list) and len(entries) == 1
    rest = {name: value for name, value in fields.items() if name != wrapper}
    return rest | {"List": entries[0] if alone and isinstance(entries, list) else entries}
