"""Turns the XML or JSON of a push into one nested dictionary of texts, and refuses what no platform sends."""

import json
from typing import Any
from xml.parsers import expat

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 8
_MAX_ELEMENTS = 2_000

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
    if b"\\u0000" in whole:
        raise DocumentError("a zero character")


class _Builder:
    """Elements become texts or dictionaries; an element that repeats becomes a list."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, Fields, list[str]]] = []
        self.root: Any = None
        self.seen = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.seen += 1
        if len(self.stack) >= _MAX_DEPTH or self.seen > _MAX_ELEMENTS:
            raise DocumentError("too deep or too many elements")
        self.stack.append((name, {}, []))

    def text(self, data: str) -> None:
        if self.stack:
            self.stack[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, children, texts = self.stack.pop()
        value: Any = children or "".join(texts)
        if not self.stack:
            self.root = value
            return
        siblings = self.stack[-1][1]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]


def _refuse(*_: object) -> None:
    # A DOCTYPE is never sent; refusing it whole ends entity expansion and external entities before they begin.
    raise DocumentError("a document type is not allowed")


def _read_xml(body: bytes) -> Fields:
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DocumentError("not XML") from error
    if not isinstance(builder.root, dict):
        raise DocumentError("an empty document")
    return builder.root
