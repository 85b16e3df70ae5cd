"""Names are the same however they are typed, and are found by their sound."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import spelling

spelling.syllables("春")  # the first one waits for the dictionary, longer than hypothesis would
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=12)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("春曉社區", "春晓社区"),
        ("Ａ座１２栋", "a座12栋"),
        (" 春晓\u3000 社区\n", "春晓社区"),
        ("STRASSE", "straße"),
        ("乾", "干"),
    ],
)
def test_script_width_case_and_white_space_do_not_count(typed: str, meant: str) -> None:
    assert spelling.fold(typed) == spelling.fold(meant)


@pytest.mark.parametrize("dot", ["·", "・", "･", "•", "‧", "∙", "⋅", ".", "．"])
def test_every_dot_between_two_names_is_the_same(dot: str) -> None:
    assert spelling.fold(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_what_differs_stays_different() -> None:
    assert spelling.fold("春晓社区") != spelling.fold("春小社区")
    assert spelling.fold("12栋") != spelling.fold("1栋")


def test_a_character_is_simplified_whatever_stands_beside_it() -> None:
    """As a word 乾坤 keeps its 乾: whoever looks for 乾 would not find it."""
    assert spelling.fold("乾坤里") == "干坤里"


@given(HAN, HAN, HAN)
def test_part_of_a_name_folds_to_part_of_the_folded_name(before: str, part: str, after: str) -> None:
    assert spelling.fold(part) in spelling.fold(before + part + after)


@given(st.text())
def test_any_text_can_be_folded_and_sounded(text: str) -> None:
    assert not any(character.isspace() for character in spelling.fold(text))
    assert all(sound and not sound.isspace() for sound in spelling.syllables(text))
    assert len(spelling.initials(text)) >= len(spelling.syllables(text))


@pytest.mark.parametrize(
    ("text", "sounds", "letters"),
    [
        ("春晓社区", "chun xiao she qu", "cxsq"),
        ("春曉社區", "chun xiao she qu", "cxsq"),
        ("春晓苑12栋A座", "chun xiao yuan 12 dong a zuo", "cxy12daz"),
        ("绿地", "lv di", "ld"),
        ("重庆路", "chong qing lu", "cql"),
        ("乾坤里", "qian kun li", "qkl"),
        ("3-2号", "3 2 hao", "32h"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("ئالىم 街", "ئالىم jie", "ئالىمj"),
        ("，。！", "", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_sounded_syllable_by_syllable(text: str, sounds: str, letters: str) -> None:
    assert spelling.syllables(text) == sounds.split()
    assert spelling.initials(text) == letters


@given(HAN)
def test_each_character_has_one_syllable_also_where_none_is_known(text: str) -> None:
    assert len(spelling.syllables(text)) == len(text)
    assert len(spelling.syllables(text, as_name=True)) == len(text)


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("单雄信", "shan xiong xin"),
        ("單雄信", "shan xiong xin"),
        ("解珍", "xie zhen"),
        ("仇英", "qiu ying"),
        ("曾国藩", "zeng guo fan"),
        ("区文", "ou wen"),
        ("查良", "zha liang"),
        ("柏林", "bai lin"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("单于丹", "chan yu dan"),
        ("欧阳修", "ou yang xiu"),
        ("王曾", "wang ceng"),
        ("Anna Smith", "anna smith"),
        ("", ""),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, sounds: str) -> None:
    assert spelling.syllables(name, as_name=True) == sounds.split()
    assert spelling.initials(name, as_name=True) == "".join(
        each if name.startswith("Anna") else each[0] for each in sounds.split()
    )


def test_a_place_and_a_name_with_a_dot_do_not_start_with_a_surname() -> None:
    assert spelling.syllables("区政府路")[0] == "qu"
    assert spelling.syllables("能·艾山", as_name=True)[0] == "neng"


def test_threads_that_fold_at_the_same_time_do_not_disturb_each_other() -> None:
    wanted = {f"{number}號樓春曉社區" * 20: f"{number}号楼春晓社区" * 20 for number in range(8)}
    wrong: list[str] = []

    def fold_often(typed: str) -> None:
        wrong.extend(typed for _ in range(200) if spelling.fold(typed) != wanted[typed])

    threads = [threading.Thread(target=fold_often, args=(typed,)) for typed in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
