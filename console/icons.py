"""Icons inside the page: drawings of Tabler (console/static/vendor), each read once."""

import re
from functools import cache

from markupsafe import Markup

from console import assets

SET = assets.FOLDER / "vendor" / "tabler-icons-3.52.0"
_HEAD = re.compile(r"<svg\s[^>]*>", re.DOTALL)


@cache
def icon(name: str) -> Markup:
    """Hidden from screen readers: words stand beside it, or the button has a label. No such icon: FileNotFoundError."""
    drawing = (SET / f"{name}.svg").read_text("utf-8")
    lines = " ".join(_HEAD.sub("", drawing).replace("</svg>", "").split())
    return Markup(  # noqa: S704 - our own file, and a name by which that file was found
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{lines}</svg>'
    )
