"""How long a sign-in lasts, and how a device is called. Pure."""

import re
from datetime import timedelta

TOKEN_LIFE = timedelta(hours=2)
SESSION_LIFE = timedelta(days=30)
"""From its last refresh on."""

SEEN_EVERY = timedelta(hours=1)
"""It is not worth a write more often that a session is used."""

MOST_SESSIONS = 10
"""Of one identity: the one that has not been used for longest ends."""

_TOKEN = re.compile(r"[0-9A-Za-z_-]{43}")

_DEVICES = (
    ("devtools", "开发者工具"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("HarmonyOS", "鸿蒙手机"),
    ("OpenHarmony", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "电脑"),
    ("Macintosh", "电脑"),
)


def device_of(user_agent: str) -> str:
    """What she recognises her phone by; the whole header would say more about her than she needs."""
    return next((name for mark, name in _DEVICES if mark in user_agent), "其他设备")


def is_token(text: str) -> bool:
    """Whether it has the form of ours: nothing else is looked for."""
    return _TOKEN.fullmatch(text) is not None
