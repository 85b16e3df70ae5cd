"""A line of numbers as the points of a drawing. Pure."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 100, 24, 2
FEW = 10
"""A line none of whose numbers of people reaches this is not drawn: its ups and downs would be single persons."""


def points(numbers: Sequence[int]) -> str:
    """For an SVG polyline in a box of WIDTH by HEIGHT, from left to right; "" where there is nothing to be seen."""
    if len(numbers) < 2 or max(numbers) < FEW:
        return ""
    low, high = min(numbers), max(numbers)
    step, span = (WIDTH - 2 * MARGIN) / (len(numbers) - 1), (high - low) or 1
    spots = ((MARGIN + place * step, _height(number - low, span)) for place, number in enumerate(numbers))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)


def _height(above: int, span: int) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * above / span
