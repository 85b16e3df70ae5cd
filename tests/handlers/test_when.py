"""The conditions of the conversation table mean what they say, and nothing else."""

from datetime import UTC, datetime

import pytest

from backend.wechat.pushes import messages as m
from handlers import help, members, places, subscriptions, table, when

HEAD = ("o9AgO5Kd", "gh_97417a04a28d", datetime(2026, 11, 21, tzinfo=UTC), "m:1")


def _text(content: str) -> m.Text:
    return m.Text(*HEAD, content)


@pytest.mark.parametrize(
    "said", ["帮助", " 帮助 ", "帮助。", "帮助！", "帮助!!", "帮助？", "帮助~", "帮助，", "\n帮助\t"]
)
def test_a_keyword_is_heard_whatever_stands_around_it(said: str) -> None:
    assert when.keyword("帮助")(_text(said))


@pytest.mark.parametrize("said", ["help", "HELP", "Help.", "ｈｅｌｐ", "ＨＥＬＰ！"])
def test_width_and_case_of_a_keyword_do_not_matter(said: str) -> None:
    assert when.keyword("help")(_text(said))


@pytest.mark.parametrize("said", ["", "我要帮助", "帮助我", "帮 助", "帮", "help帮助"])
def test_a_keyword_is_the_whole_text(said: str) -> None:
    assert not when.keyword("帮助")(_text(said))


def test_a_keyword_is_one_of_several() -> None:
    either = when.keyword("人工", "客服")
    assert either(_text("人工"))
    assert either(_text("客服"))
    assert not either(_text("人工客服"))


def test_only_a_text_holds_a_keyword_or_a_pattern() -> None:
    click, link = m.Click(*HEAD, "帮助"), m.Link(*HEAD, "帮助", "帮助")
    for condition in (when.keyword("帮助"), when.pattern("帮助")):
        assert not condition(click)
        assert not condition(link)


@pytest.mark.parametrize("said", ["记住990101", "记住 990101", " 记住990101\n"])
def test_a_pattern_matches_the_whole_text(said: str) -> None:
    assert when.pattern("记住 ?[0-9]+")(_text(said))


@pytest.mark.parametrize("said", ["", "请记住990101", "记住990101吧", "记住", "记住990101\n记住990102"])
def test_a_pattern_does_not_match_a_part_of_the_text(said: str) -> None:
    assert not when.pattern("记住 ?[0-9]+")(_text(said))


def test_a_menu_key_is_heard_from_every_kind_of_button() -> None:
    heard = when.menu("sign", "where")
    for message in (
        m.Click(*HEAD, "sign"),
        m.Click(*HEAD, "where"),
        m.ScanCode(*HEAD, "sign", "qrcode", "x", waits=True),
        m.PhotoMenu(*HEAD, "sign", 1),
        m.LocationMenu(*HEAD, "where"),
    ):
        assert heard(message)
    assert not heard(m.Click(*HEAD, "SIGN"))
    assert not heard(m.View(*HEAD, "sign"))
    assert not heard(_text("sign"))


def test_a_scene_is_known_by_its_beginning() -> None:
    assert when.scene("place.")(m.Scan(*HEAD, "place.990101"))
    assert not when.scene("place.")(m.Scan(*HEAD, "card.1"))
    assert not when.scene("place.")(m.Subscribe(*HEAD, "place.990101")), "whoever comes anew is welcomed instead"


def test_a_kind_is_one_of_several() -> None:
    assert when.kind(m.Voice, m.Video)(m.Video(*HEAD, "M1"))
    assert not when.kind(m.Voice, m.Video)(m.Image(*HEAD, "M1"))


def test_anything_is_meant_by_anything() -> None:
    assert when.anything(m.Unknown(*HEAD, "hologram"))


@pytest.mark.parametrize("said", ["?", "？", "1", "你好！", "在吗？", "菜单"])
def test_whoever_does_not_know_how_to_begin_is_shown_help(said: str) -> None:
    assert table.route_of(_text(said)).answer is help.show


@pytest.mark.parametrize("said", ["", "。。。", "！！", "...", "~", "，"])
def test_punctuation_alone_is_no_word_of_the_table(said: str) -> None:
    """The question mark asks for help; that must not make every other mark, or an empty text, do so."""
    assert table.route_of(_text(said)).answer is help.not_understood


def test_my_place_and_places_are_two_questions() -> None:
    assert table.route_of(_text("我的社区")).answer is places.mine
    assert table.route_of(_text("社区")).answer is places.ask_location


@pytest.mark.parametrize("said", ["免打扰", "30天免打扰", "３０天免打扰。"])
def test_whoever_wants_silence_for_a_while_is_understood_however_she_says_it(said: str) -> None:
    assert table.route_of(_text(said)).answer is subscriptions.mute


@pytest.mark.parametrize("said", ["退订", "td", "ＴＤ", "关闭通知"])
def test_whoever_wants_no_more_notices_is_understood_however_she_says_it(said: str) -> None:
    assert table.route_of(_text(said)).answer is members.stop_notices


@pytest.mark.parametrize("said", ["恢复通知", "取消免打扰", "打开通知！"])
def test_whoever_wants_them_again_is_not_muted_anew(said: str) -> None:
    assert table.route_of(_text(said)).answer is members.start_notices
