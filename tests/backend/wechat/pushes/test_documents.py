"""What the platform sends becomes plain fields; whatever else comes is refused with one kind of error, and quickly."""

import encodings.aliases
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.pushes import documents
from backend.wechat.pushes.documents import DocumentError, Fields


def _fields(body: bytes | str) -> Fields:
    return documents.read(body if isinstance(body, bytes) else body.encode())[0]


def test_xml_becomes_texts_and_groups() -> None:
    body = "<xml><A><![CDATA[一 & <b>]]></A><B>1 &lt; 2</B><C><D>x</D></C><E/><F></F></xml>"
    assert documents.read(body.encode()) == ({"A": "一 & <b>", "B": "1 < 2", "C": {"D": "x"}, "E": "", "F": ""}, "xml")


def test_json_keeps_its_numbers_and_groups() -> None:
    body = '{"A": "一", "B": 1714112445, "C": {"D": [1, "x"]}}'
    assert documents.read(body.encode()) == ({"A": "一", "B": 1714112445, "C": {"D": [1, "x"]}}, "json")


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n\t", b"\xef\xbb\xbf \n"])
def test_a_byte_order_mark_or_space_in_front_does_not_matter(before: bytes) -> None:
    assert _fields(before + b'{"A": "x"}') == {"A": "x"}
    assert _fields(before + b"<xml><A>x</A></xml>") == {"A": "x"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<xml><A>1</A></xml>", "1"),
        ("<xml><A>1</A><A>2</A></xml>", ["1", "2"]),
        ("<xml><A>1</A><B/><A>2</A><A>3</A></xml>", ["1", "2", "3"]),
        ("<xml><A><B>1</B></A><A><B>2</B></A></xml>", [{"B": "1"}, {"B": "2"}]),
        ("<xml><A/><A><B>2</B></A></xml>", ["", {"B": "2"}]),
    ],
)
def test_an_element_that_repeats_becomes_a_list(body: str, value: object) -> None:
    assert _fields(body)["A"] == value


def test_text_in_pieces_is_put_together() -> None:
    long = "云溪" * 20_000
    assert _fields(f"<xml><A><![CDATA[{long[:10]}]]><![CDATA[{long[10:]}]]></A></xml>") == {"A": long}


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE xml [<!ENTITY a "aaaa">]><xml><A>&a;</A></xml>',
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><A>1</A></xml>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
        '<?xml version="1.0"?><!DOCTYPE xml><xml><A>1</A></xml>',
    ],
)
def test_a_document_type_is_refused_whatever_it_holds(body: str) -> None:
    with pytest.raises(DocumentError):
        _fields(body)


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    began = time.monotonic()
    with pytest.raises(DocumentError):
        _fields(f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><xml><A>&l11;</A></xml>')
    assert time.monotonic() - began < 0.5


def test_elements_may_stand_eight_deep_and_not_much_deeper() -> None:
    def nested(depth: int) -> str:
        return "".join(f"<e{n}>" for n in range(depth)) + "x" + "".join(f"</e{n}>" for n in reversed(range(depth)))

    assert _fields(nested(8))["e1"]["e2"]["e3"]["e4"]["e5"]["e6"] == {"e7": "x"}
    for depth in (10, 1000, 20_000):
        with pytest.raises(DocumentError):
            _fields(nested(depth))


def test_a_document_may_have_two_thousand_elements_and_no_more() -> None:
    assert len(_fields("<xml>" + "<A>1</A>" * 1999 + "</xml>")["A"]) == 1999
    with pytest.raises(DocumentError):
        _fields("<xml>" + "<A>1</A>" * 2001 + "</xml>")


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"a":['])
def test_json_nested_without_end_is_refused(opening: str) -> None:
    body = '{"x":' + opening * 50_000
    with pytest.raises(DocumentError):
        _fields(body)
    closing = {"[": "]", '{"a":': "}", '{"a":[': "]}"}[opening]
    with pytest.raises(DocumentError):
        _fields('{"x":' + opening * 30_000 + "1" + closing * 30_000 + "}")


@pytest.mark.parametrize("escape", ["\\ud800", "\\udc00", "\\udfff\\ud800", "x\\ud83cy"])
def test_half_a_surrogate_pair_is_refused_as_value_and_as_name(escape: str) -> None:
    for body in (f'{{"A": "{escape}"}}', f'{{"{escape}": 1}}', f'{{"A": {{"B": ["{escape}"]}}}}'):
        with pytest.raises(DocumentError, match="not characters"):
            _fields(body)


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert _fields('{"A": "\\ud83c\\udfee"}') == {"A": "🏮"}


def test_the_zero_character_is_refused_as_value_and_as_name() -> None:
    for body in ('{"A": "a\\u0000"}', '{"\\u0000": 1}', '{"A": {"B": ["\\u0000"]}}', '{"A": "\\\\\\u0000"}'):
        with pytest.raises(DocumentError):
            _fields(body)


def test_somebody_may_write_about_the_zero_character() -> None:
    """The six characters backslash, u and four zeros are harmless: only what they stand for is not."""
    assert _fields('{"Content": "\\\\u0000"}') == {"Content": "\\u0000"}


@pytest.mark.parametrize("body", ["<xml><A>&#0;</A></xml>", "<xml><A>&#xD800;</A></xml>", "<xml><A>\x00</A></xml>"])
def test_what_is_no_character_is_refused_in_xml(body: str) -> None:
    with pytest.raises(DocumentError):
        _fields(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"hello",
        b"[1]",
        b'"text"',
        b"1",
        b"null",
        b"{",
        b'{"A": }',
        b"{'A': 1}",
        b'{"A": "\xff"}',
        b"<",
        b"<xml>",
        b"<xml></lmx>",
        b"<xml/>",
        b"<xml>text</xml>",
        b"<xml><A>\xff\xfe</A></xml>",
        b"<xml><A>1</A></xml><xml/>",
        b"<xml><A>&unknown;</A></xml>",
        b"\xff\xfe<\x00x\x00",
        b'{"A": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_document_of_the_platform_is_refused(body: bytes) -> None:
    with pytest.raises(DocumentError):
        _fields(body)


@pytest.mark.parametrize(
    "name", ["GB18030", "GBK", "GB2312", "Big5", "utf-7", "utf-16", "no-such-encoding", "隶书", "a" * 500]
)
def test_a_document_that_declares_another_encoding_does_not_crash(name: str) -> None:
    body = f'<?xml version="1.0" encoding="{name}"?><xml><A>abc</A></xml>'.encode()
    try:
        assert _fields(body) == {"A": "abc"}
    except DocumentError:
        return


def test_no_encoding_that_python_knows_makes_a_document_crash() -> None:
    for name in sorted(set(encodings.aliases.aliases) | set(encodings.aliases.aliases.values())):
        for text in (b"abc", "云溪".encode(), "云溪".encode("gb18030")):
            body = b'<?xml version="1.0" encoding="' + name.encode() + b'"?><xml><A>' + text + b"</A></xml>"
            try:
                documents.read(body)
            except DocumentError:
                continue


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    for body in (noise, b"<xml>" + noise + b"</xml>", b'{"A": "' + noise + b'"}'):
        try:
            fields, form = documents.read(body)
        except DocumentError:
            continue
        assert isinstance(fields, dict)
        assert form in ("xml", "json")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], min_codepoint=1), max_size=100))
def test_any_text_comes_through_json_as_it_was_written(text: str) -> None:
    assert _fields(json.dumps({"Content": text})) == {"Content": text}
    assert _fields(json.dumps({"Content": text}, ensure_ascii=False)) == {"Content": text}
