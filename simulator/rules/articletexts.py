"""The HTML of an article, as the platform keeps it: without scripts, with no pictures but those uploaded to it.

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
"""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

_WITH_CONTENT = frozenset({"script", "style", "noscript", "template", "title"})
_DROPPED = _WITH_CONTENT | {
    "iframe", "object", "embed", "form", "input", "button", "textarea", "select", "link", "meta", "base", "svg", "math",
    "html", "head", "body",
}  # fmt: skip
_ADDRESSES = frozenset({"href", "src", "data-src"})
_NAME = re.compile(r"[a-z][a-z0-9:_-]*")
_SAFE = ("http://", "https://", "/", "#", "mailto:", "tel:")

IsOurs = Callable[[str], bool]


class _Cleaner(HTMLParser):
    """Passes on what may stay, text as it was written."""

    def __init__(self, is_ours: IsOurs) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._is_ours = is_ours
        self._inside = ""  # the dropped element whose content goes with it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside or tag in _DROPPED or not _NAME.fullmatch(tag):
            self._inside = self._inside or (tag if tag in _WITH_CONTENT else "")
        elif tag != "img" or self._has_our_picture(attrs):
            self.kept.append(f"<{tag}{''.join(_attribute(*one) for one in attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._inside = "" if self._inside == tag else self._inside

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside = "" if tag == self._inside else self._inside
        elif tag not in _DROPPED:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.kept.append(data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _has_our_picture(self, attrs: list[tuple[str, str | None]]) -> bool:
        found = [value for name, value in attrs if name in {"src", "data-src"} and value]
        return bool(found) and all(self._is_ours(value) for value in found)


def _attribute(name: str, value: str | None) -> str:
    """Nothing that acts: no handlers, no addresses of a scheme that runs something."""
    plain = (value or "").strip().lower()
    if name.startswith("on") or not _NAME.fullmatch(name) or (name in _ADDRESSES and not plain.startswith(_SAFE)):
        return ""
    return f" {name}" if value is None else f' {name}="{escape(value)}"'


def cleaned(content: str, is_ours: IsOurs) -> str:
    cleaner = _Cleaner(is_ours)
    cleaner.feed(content)
    cleaner.close()
    return "".join(cleaner.kept)
