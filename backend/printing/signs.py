"""A4 sheets of signs for doors and staircases: six on a page, each with a QR code, the name of its place and what it is
for. Dotted lines say where to cut. Values in, bytes out."""

import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.printing import fonts

if TYPE_CHECKING:
    from fpdf import FPDF

ACROSS, DOWN = 2, 3
A_PAGE = ACROSS * DOWN
_WIDTH, _HEIGHT = 105.0, 99.0
_CODE = 58.0
"""Millimetres: a phone reads it from a metre and a half away."""

_TITLE_LARGE, _TITLE_SMALL, _WORDS = 20, 13, 10
_FITS_LARGE = 11
"""Characters of a name that fit in one line of the large size."""


@dataclass(frozen=True, slots=True)
class Sign:
    """`picture` is a PNG or JPEG of the code; `small` stands under the words, such as the place's own code."""

    title: str
    words: str
    small: str
    picture: bytes


def sheet(signs: Sequence[Sign], title: str) -> bytes:
    """A PDF."""
    paper = _paper()
    paper.set_auto_page_break(False)
    paper.set_title(title)
    paper.add_font(fonts.NAME, fname=fonts.FILE)
    for number, sign in enumerate(signs):
        if number % A_PAGE == 0:
            paper.add_page()
            _cutting_lines(paper)
        column, row = number % ACROSS, number % A_PAGE // ACROSS
        _draw(paper, sign, column * _WIDTH, row * _HEIGHT)
    return bytes(paper.output())


def _paper() -> "FPDF":
    """fpdf takes 20 MB with its fonttools, and few processes ever print: it is loaded when the first one does."""
    made: FPDF = importlib.import_module("fpdf").FPDF(format="A4")
    return made


def _draw(paper: "FPDF", sign: Sign, left: float, top: float) -> None:
    paper.image(io.BytesIO(sign.picture), left + (_WIDTH - _CODE) / 2, top + 6, _CODE, _CODE)
    large = len(sign.title) <= _FITS_LARGE
    _line(paper, sign.title, left, top + 67, _TITLE_LARGE if large else _TITLE_SMALL)
    _line(paper, sign.words, left, top + 78, _WORDS)
    _line(paper, sign.small, left, top + 86, _WORDS - 3)


def _line(paper: "FPDF", words: str, left: float, top: float, size: int) -> None:
    paper.set_font(fonts.NAME, size=size)
    paper.set_xy(left + 4, top)
    while paper.get_string_width(words) > _WIDTH - 8 and size > 6:
        size -= 1
        paper.set_font(fonts.NAME, size=size)
    paper.cell(_WIDTH - 8, 8, words, align="C")


def _cutting_lines(paper: "FPDF") -> None:
    paper.set_draw_color(160)
    paper.set_dash_pattern(dash=1, gap=2)
    paper.line(_WIDTH, 0, _WIDTH, 297)
    for row in range(1, DOWN):
        paper.line(0, row * _HEIGHT, 210, row * _HEIGHT)
    paper.set_dash_pattern()
