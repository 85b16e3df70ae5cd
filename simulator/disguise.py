"""Shortens secrets and tokens in the middle before anybody sees them in the journal."""

import re

_IN_ADDRESS = re.compile(r"((?:access_token|refresh_token|secret|appsecret|js_code|\bcode)=)([^&\s]+)")
_IN_JSON = re.compile(r'("(?:access_token|refresh_token|secret|appsecret|session_key|code)"\s*:\s*")([^"]+)(")')


def disguise(text: str) -> str:
    text = _IN_ADDRESS.sub(lambda found: found[1] + _shorten(found[2]), text)
    return _IN_JSON.sub(lambda found: found[1] + _shorten(found[2]) + found[3], text)


def _shorten(value: str) -> str:
    return f"{value[:4]}…{value[-4:]}" if len(value) > 12 else "…"
