"""Where somebody may be sent: only to pages of the console. Pure."""

import re

_OWN = re.compile(r"/console/(?!sign-in|sign-out|setup)[0-9A-Za-z._~/?=&%+,:-]*")


def own(path: str) -> str:
    """The path itself, or "" when it leads anywhere else: another host, another scheme, a way up."""
    return path if _OWN.fullmatch(path) and "//" not in path and ".." not in path else ""
