"""Turns the XML or JSON of a push into one nested dictionary of texts, and refuses what no platform sends."""

import json
import re
from typing import Any
from xml.etree import ElementTree

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 8
_MAX_ELEMENTS = 2_000

_NO_DOCTYPE = re.compile(rb"\xef?\xbb?\xbf?\s*(?:<\?xml[^<>]{0,100}\?>)?\s*<[A-Za-z_]")

# An odd number of backslashes: somebody may write about the six characters themselves.
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

Fields = dict[str, Any]


class DocumentError(Exception):
    """Not a document of the platform; the text says why, for the log."""


def read(body: bytes) -> tuple[Fields, str]:
    """The fields and the format, "xml" or "json". Raises DocumentError."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return _read_json(body), "json"
    if start == b"<":
        return _read_xml(body), "xml"
    raise DocumentError("neither XML nor JSON")


def _read_json(body: bytes) -> Fields:
    try:
        fields = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DocumentError("not JSON") from error
    if not isinstance(fields, dict):
        raise DocumentError("not a JSON object")
    _check_characters(fields)
    return fields


def _check_characters(fields: Fields) -> None:
    """Escapes can smuggle in what no database stores: halves of a surrogate pair and the zero character."""
    try:
        whole = json.dumps(fields, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise DocumentError("not characters") from error
    if _ZERO.search(whole):
        raise DocumentError("a zero character")


def _read_xml(body: bytes) -> Fields:
    if not _NO_DOCTYPE.match(body):
        # A DOCTYPE can only stand before the first element. None is ever sent; refusing what could hold one ends
        # entity expansion and external entities before they begin.
        raise DocumentError("more than a declaration before the first element")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - see above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DocumentError("not XML") from error
    fields = _fields(root, 0)
    if not isinstance(fields, dict):
        raise DocumentError("an empty document")
    return fields


def _fields(element: ElementTree.Element, depth: int) -> Any:
    """Elements become texts or dictionaries; an element that repeats becomes a list."""
    if not len(element):
        return element.text or ""
    if depth >= _MAX_DEPTH or len(element) > _MAX_ELEMENTS:
        raise DocumentError("too deep or too many elements")
    fields: Fields = {}
    for child in element:
        value = _fields(child, depth + 1)
        if child.tag not in fields:
            fields[child.tag] = value
        elif isinstance(fields[child.tag], list):
            fields[child.tag].append(value)
        else:
            fields[child.tag] = [fields[child.tag], value]
    return fields
