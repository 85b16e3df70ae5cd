"""Whatever somebody hostile wrote, through every macro: it is read, and does nothing."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser

from console.desk import Message
from tests.browser import browser, needs_browser
from tests.console.shell import PAGES, Sample, application, looking, served

__all__ = ["browser"]

HOSTILE = [
    "<script>window.hurt=1</script>",
    '"><img src=x onerror=window.hurt=1>',
    '" onmouseover="window.hurt=1" x="',
    "' onfocus='window.hurt=1' autofocus='",
    "</textarea><script>window.hurt=1</script>",
    "</title><svg onload=window.hurt=1>",
    "{{7*7}}{% raise %}{#",
    "${7*7}#{7*7}<%= 7*7 %>",
    "javascript:window.hurt=1",
    "--><!--<b>",
    "\u202eabc\u0000\u2028",
]
each_text = pytest.mark.parametrize("text", HOSTILE)


class _Reader(HTMLParser):
    """Every tag with the names of its attributes, and all that is said."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        self.said += data


def _read(name: str, text: str) -> _Reader:
    sample = Sample(name=text, messages=(Message(text, "good", "/console/act"), Message(text, "bad")))
    reader = _Reader()
    reader.feed(application(sample).test_client().get(f"/console/{name}").text)
    return reader


@pytest.mark.parametrize("name", PAGES)
@each_text
def test_hostile_words_add_no_tag_no_attribute_and_no_address(name: str, text: str) -> None:
    harmless, hostile = _read(name, "王秀英"), _read(name, text)
    assert hostile.tags == harmless.tags
    assert [link for link in hostile.links if link.partition(":")[0] in {"javascript", "http", "https"}] == []


@each_text
def test_hostile_words_are_said_as_they_are(text: str) -> None:
    assert text.replace("\x00", "\ufffd") in _read("detail", text).said.replace("\x00", "\ufffd")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    text = " ".join(HOSTILE)
    with served(Sample(name=text, messages=(Message(text, "bad"),), total=10**9)) as url:
        yield url


@pytest.mark.browser
@needs_browser[1]
def test_hostile_words_do_nothing_in_a_browser(browser: Browser, address: str) -> None:
    with looking(browser) as page:
        for name in PAGES:
            page.goto(f"{address}/{name}")
            page.mouse.move(400, 300)
            page.keyboard.press("?")
        page.goto(f"{address}/form")
        page.get_by_role("button", name="现在就试").click()
        page.get_by_role("alert").filter(has_text="不行").wait_for()
        assert page.evaluate("window.hurt") is None
