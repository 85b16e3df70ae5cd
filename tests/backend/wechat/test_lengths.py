"""A text is cut where it may be cut, and not before it must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.lengths import shorten


@pytest.mark.parametrize("content", ["x" * 2048, "云" * 682 + "xx", "🏮" * 512, "", "云"])
def test_a_text_that_fits_is_not_touched(content: str) -> None:
    assert shorten(content) == content


@given(st.text(max_size=100), st.integers(min_value=3, max_value=200))
def test_shortening_keeps_the_limit_and_the_beginning(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short.encode()) <= limit
    whole = text.encode("utf-8", "ignore").decode()
    assert short == whole or (short.endswith("…") and whole.startswith(short[:-1]))
