"""Names of people: which stand, how they are shown, and by which pieces they are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import spelling
from backend.errors import InvalidInput
from backend.members import names

DOTTED = "阿依古丽·买买提"

spelling.syllables("春")  # the first one waits for the dictionary, longer than hypothesis would


@pytest.mark.parametrize(
    "name",
    [
        "陈秀兰",
        "陳秀蘭",
        "王",
        "欧阳娜娜",
        DOTTED,
        "伊",
        "𠮷野家",
        "〇",
        "John Smith",
        "Jean-Luc O'Brien",
        "José García",
        "Martin Luther King Jr.",
        "ئايگۈل مەمەت",
        "བཀྲ་ཤིས",
        "ᠪᠠᠶᠠᠷ",
        "春" * 30,
    ],
)
def test_a_name_of_any_script_stands_as_it_is(name: str) -> None:
    assert names.normal(name) == name


@pytest.mark.parametrize("dot", "·・･•‧∙⋅.．")
def test_whichever_interpunct_is_typed_one_is_stored(dot: str) -> None:
    assert names.normal(f"阿依古丽{dot}买买提") == DOTTED
    assert names.normal(f" 阿依古丽 {dot} 买买提 ") == DOTTED


def test_one_letter_has_one_form_and_white_space_is_one_space() -> None:
    assert names.normal("Jose\u0301  Garci\u0301a\u3000") == "José García"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u3000",
        "王1",
        "王１",
        "😀",
        "王😀",
        "王\x00",
        "王\u200b伟",
        "王_伟",
        "<b>",
        "王;伟",
        "·",
        "·王",
        "王·",
        "138 0013 8000",
        "-",
        "王@伟",
        "=SUM(A1)",
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        names.normal(text)
    assert caught.value.code in ("name_missing", "name_invalid")


@pytest.mark.parametrize(("length", "stands"), [(30, True), (31, False)])
@pytest.mark.parametrize("letter", ["春", "𠮷"])
def test_thirty_characters_stand_and_no_more(letter: str, length: int, stands: bool) -> None:
    if stands:
        assert names.normal(letter * length) == letter * length
        return
    with pytest.raises(InvalidInput) as caught:
        names.normal(letter * length)
    assert caught.value.code == "name_too_long"


@pytest.mark.parametrize(("name", "shown"), [("陈秀兰", "陈**"), ("王", "王**"), (DOTTED, "阿**"), ("𠮷田", "𠮷**")])
def test_a_mask_does_not_say_how_long_the_name_is(name: str, shown: str) -> None:
    assert names.masked(name) == shown


def test_a_name_is_the_same_in_either_script() -> None:
    assert names.same("陈秀兰", "陳秀蘭")
    assert names.same("阿依古丽・买买提", "阿依古麗·買買提")
    assert not names.same("陈秀兰", "陈秀蓝")
    assert not names.same("王", "王伟")


def _finds(query: str, name: str) -> bool:
    asked = names.asked(query)
    return bool(asked) and set(asked) <= names.pieces(name)


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("陈秀兰", ["陈秀兰", "陳秀蘭", "秀兰", "陈", "chenxiulan", "Chen Xiu", "cxl", "cx", "chen"]),
        ("陳秀蘭", ["陈秀兰", "秀蘭", "chenxiulan"]),
        ("王", ["王", "wang"]),
        (DOTTED, [DOTTED, "阿依古麗", "买买提", "買買", "古丽买", "ayiguli", "ayglmmt", "maimaiti", "mmt", "阿", "买"]),
        (DOTTED, ["阿依古丽・买买提", "阿依古丽.买买提"]),
        ("单雄信", ["单雄信", "shanxiongxin", "sxx"]),
        ("欧阳娜娜", ["欧阳", "娜娜", "ouyang", "ouyangnana", "oynn"]),
        ("单于明", ["chanyuming", "单于"]),
        ("𠮷野家", ["𠮷野", "𠮷", "野家"]),
        ("John Smith", ["john", "SMITH", "john smith", "js"]),
        ("José García", ["garcía", "José"]),
        ("王 John", ["王", "john", "wangjohn"]),
        ("陈 兰", ["陈兰", "chenlan", "cl"]),
    ],
)
def test_a_name_is_found_by_either_script_by_its_parts_and_by_its_sound(name: str, queries: list[str]) -> None:
    assert [query for query in queries if not _finds(query, names.normal(name))] == []


@pytest.mark.parametrize(
    ("name", "query"),
    [("陈秀兰", "兰"), ("陈秀兰", "xiulan"), ("陈秀兰", "陈兰"), ("单雄信", "danxiongxin"), ("王", "w")],
)
def test_a_name_is_not_found_by_what_is_no_beginning_of_it(name: str, query: str) -> None:
    assert not _finds(query, name)


@pytest.mark.parametrize("query", ["", " ", "·", "123", "!?"])
def test_what_cannot_be_asked_finds_nobody(query: str) -> None:
    assert not _finds(query, "陈秀兰")


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=30))
def test_any_name_is_found_by_the_whole_of_it_and_by_its_first_character(name: str) -> None:
    assert _finds(name, name)
    assert _finds(name[0], name)
