"""The words that the platform's judges stumble over: short, harmless lists, so that a test can provoke a judgement."""

from collections.abc import Iterable

from simulator.shapes import JsonObject

SENSITIVE = ("敏感词", "违禁词")  # 45168 in a subscription message
MARKETING = ("营销词", "限时抢购")  # 40249 in a template message
INTERCEPTED = ("拦截词",)  # accepted, and then held back: queryblocktmplmsg tells


def contains(words: Iterable[str], rows: Iterable[JsonObject]) -> bool:
    """Whether the value of one of the rows has one of the words in it."""
    text = "\n".join([row["value"] for row in rows])
    return any(word in text for word in words)
