"""How long a text may be: what is longer, the platform drops without a word.

2048 bytes of UTF-8 is what an older page of the platform said; today's states nothing.
"""

MAX_TEXT_BYTES = 2048
_ELLIPSIS = "…"


def shorten(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """Cut at a character, not inside one, so that the whole stays within `limit` bytes of UTF-8."""
    raw = text.encode("utf-8", "ignore")
    if len(raw) <= limit:
        return raw.decode()
    room = limit - len(_ELLIPSIS.encode())
    return raw[:room].decode("utf-8", "ignore") + _ELLIPSIS
