"""How the console says moments, sizes and numbers, and how an address is changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from backend import clock
from console import icons, rendering, words

NOW = datetime(2026, 11, 30, 6, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_a_moment_is_said_in_beijing_and_with_its_year_when_it_is_another() -> None:
    assert words.beijing(NOW) == "11 月 30 日 14:05"
    assert words.beijing(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2027 年 1 月 1 日 00:00"
    assert words.beijing(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == "1 月 1 日 00:00"


def test_a_day_is_the_one_in_beijing() -> None:
    assert words.day(date(2026, 3, 5)) == "3 月 5 日"
    assert words.day(datetime(2026, 3, 5, 17, tzinfo=UTC)) == "3 月 6 日"
    assert words.day(date(2025, 3, 5)) == "2025 年 3 月 5 日"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"seconds": 0}, "刚刚"),
        ({"seconds": 59}, "刚刚"),
        ({"minutes": 1}, "1 分钟前"),
        ({"minutes": 59, "seconds": 59}, "59 分钟前"),
        ({"hours": 1}, "1 小时前"),
        ({"hours": 23, "minutes": 59}, "23 小时前"),
        ({"days": 1}, "1 天前"),
        ({"days": 29, "hours": 23}, "29 天前"),
        ({"days": 30}, "10 月 31 日"),
        ({"seconds": -20}, "马上"),
        ({"hours": -3, "seconds": -1}, "3 小时后"),
        ({"days": -400}, "2028 年 1 月 4 日"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(span: dict[str, float], said: str) -> None:
    assert words.ago(NOW - timedelta(**span)) == said


@pytest.mark.parametrize(("number", "said"), [(0, "<10"), (1, "<10"), (9, "<10"), (10, "10"), (250_000, "250,000")])
def test_few_people_are_never_counted_out(number: int, said: str) -> None:
    assert words.few(number) == said


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (10 * 2**20, "10.0 MB"), (3 * 2**40, "3072.0 GB")],
)
def test_a_size_is_said_in_its_unit(octets: int, said: str) -> None:
    assert words.size(octets) == said


def test_an_address_keeps_what_was_asked_and_changes_one_thing() -> None:
    given: Any = MultiDict([("q", "王 & 李"), ("place", ""), ("cursor", "old")])
    assert rendering.query(given, cursor="a=b") == "?q=%E7%8E%8B+%26+%E6%9D%8E&cursor=a%3Db"
    assert rendering.query(given, cursor="") == "?q=%E7%8E%8B+%26+%E6%9D%8E"
    assert rendering.query({}, page=0) == "?page=0"


def test_a_name_that_nobody_gave_is_an_error() -> None:
    pages = rendering.environment().overlay(loader=DictLoader({"page.html": "{{ nobody }}"}))
    with pytest.raises(UndefinedError):
        pages.get_template("page.html").render()


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page"])
def test_everything_is_escaped_whatever_the_template_is_called(name: str) -> None:
    pages = rendering.environment().overlay(loader=DictLoader({name: "{{ said }}"}))
    assert pages.get_template(name).render(said="<b>'\"&") == "&lt;b&gt;&#39;&#34;&amp;"


def test_an_icon_is_drawn_into_the_page_for_the_eye_only() -> None:
    drawn = icons.icon("search")
    assert isinstance(drawn, Markup)
    assert drawn.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"')
    assert drawn.count("<svg") == drawn.count("</svg>") == 1
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")
