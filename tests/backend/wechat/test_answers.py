"""What the platform answers, as it is read: odd forms are understood, and what is missing is noticed."""

import pytest

from backend.wechat.failures import NoAnswer, Refused
from backend.wechat.transport import document, encode

PATH = "/cgi-bin/x"


@pytest.mark.parametrize(
    "data", [b'{"msgid": 18446744073709551615}', b'\xef\xbb\xbf{"errcode": 0, "msgid": 18446744073709551615}']
)
def test_the_largest_id_is_kept_to_the_last_digit(data: bytes) -> None:
    assert str(document(PATH, data)["msgid"]) == "18446744073709551615"


def test_a_number_written_as_text_is_a_refusal_all_the_same() -> None:
    with pytest.raises(Refused) as raised:
        document(PATH, b'{"errcode": "40003", "errmsg": "invalid openid"}')
    assert (raised.value.errcode, raised.value.errmsg) == (40003, "invalid openid")


def test_what_is_missing_deep_inside_makes_it_an_answer_nobody_can_read() -> None:
    answer = document(PATH, b'{"data": {"openid": ["o1"]}, "list": [{"id": 1}]}')
    for part, name in ((answer, "total"), (answer["data"], "next"), (answer["list"][0], "name")):
        with pytest.raises(NoAnswer, match=f"the answer has no {name}"):
            part[name]
    assert answer["data"]["openid"] == ["o1"]


def test_chinese_is_sent_as_it_is() -> None:
    assert encode({"name": "帮助 \U00020000"}) == '{"name":"帮助 \U00020000"}'.encode()
