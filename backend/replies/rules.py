"""What the words of an account and its menu may be, so that the platform takes them and nobody is led astray. Pure.

The limits of a menu are the platform's (protocol sheet §6):
https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from urllib.parse import urlsplit

from backend.errors import FieldError
from backend.replies.books import Answer, MenuBook, MenuButton, Replies
from backend.replies.texts import EDITABLE, Editable

MAX_BYTES = 2048
"""Of a reply in UTF-8; what is longer the platform drops in silence (protocol sheet §1.7)."""

LONGEST_NAME = 64
MOST_ANSWERS, MOST_WORDS, LONGEST_WORD = 200, 10, 20
GROUPS, BUTTONS = 3, 5
TOP_BYTES, SUB_BYTES, URL_BYTES = 16, 60, 1024
SAY = "say:"
"""How the key of a button begins that says the answer to a word."""

_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

KEYS = {
    "help": "能办什么",
    "human": "找工作人员",
    "where": "查我在哪个社区（发位置）",
    "sign": "扫社区二维码",
    "invite": "邀请邻居",
    "my_place": "我的社区",
    "privacy": "记着我什么",
    "register": "登记成为成员",
}
"""What the conversation does at a tap (`handlers/menu.py`)."""

TYPES = {"where": "location_select", "sign": "scancode_waitmsg"}
"""Of the keys that ask the phone for something; the others are a click."""

RESERVED = frozenset(
    (
        "免打扰", "30天免打扰", "退订", "td", "关闭通知", "恢复通知", "取消免打扰", "打开通知", "注册", "登记",
        "我要登记", "我的订阅", "订阅", "注销", "确认注销", "帮助", "help", "菜单", "你好", "您好", "在吗", "1", "人工",
        "人工服务", "客服", "转人工", "找人", "社区", "我在哪个社区", "位置", "我的社区", "忘记社区", "取消社区",
        "联络员", "我的联络员", "电话", "邀请", "邀请邻居", "消息", "我的消息", "通知", "隐私", "我的资料",
        "记着我什么",
    )
)  # fmt: skip
"""Words that the conversation answers itself (`handlers/table.py`): rights and ways to a human are not reworded."""


def plain(text: str) -> str:
    """`ＨＥＬＰ！` and `help` are the same word."""
    return unicodedata.normalize("NFKC", text).strip().strip("。!.?~ ,、").casefold()


def faults(replies: Replies) -> list[FieldError]:
    """What keeps these words from being published, each beside its field."""
    found = [
        FieldError(f"texts.{key}", fault)
        for key, words in replies.texts.items()
        if (fault := text_fault(words, EDITABLE[key]))
    ]
    if len(replies.answers) > MOST_ANSWERS:
        found.append(FieldError("answers", f"关键词回复最多 {MOST_ANSWERS} 条。"))
    return found + list(_answer_faults(replies))


def _answer_faults(replies: Replies) -> Iterator[FieldError]:
    taken: dict[str, int] = {}
    for number, answer in enumerate(replies.answers, 1):
        for fault in answer_faults(answer):
            yield FieldError(f"answers.{number}", fault)
        for word in map(plain, answer.words):
            if taken.setdefault(word, number) != number:
                yield FieldError(f"answers.{number}", f"「{word}」在第 {taken[word]} 条里已经有了。")


def answer_faults(answer: Answer) -> Iterator[str]:
    if not 1 <= len(answer.words) <= MOST_WORDS:
        yield f"写 1 到 {MOST_WORDS} 个关键词。"
    for word in answer.words:
        if not plain(word) or len(word) > LONGEST_WORD or _UNSEEN.search(word) or "\n" in word:
            yield f"关键词每个最多 {LONGEST_WORD} 个字。"
        elif plain(word) in RESERVED:
            yield f"「{word}」已经有固定的答复，不能改。"
    if fault := text_fault(answer.says, Editable("答复", "", {})):
        yield fault


def text_fault(words: str, editable: Editable) -> str:
    """ "" for none."""
    if not words.strip():
        return "不能空着。"
    if _UNSEEN.search(words):
        return "有看不见的字符，请删掉。"
    try:
        unknown = sorted(_written(words) - editable.fields.keys())
    except ValueError:
        return "花括号要成对；不用的话请删掉。"
    if unknown:
        known = "、".join(f"{{{name}}}（{what}）" for name, what in editable.fields.items()) or "没有可用的"
        return f"不认识「{{{unknown[0]}}}」，这里可以用：{known}。"
    filled = words.format(**dict.fromkeys(editable.fields, "慢" * LONGEST_NAME))
    size = len(filled.encode())
    return f"太长了：{size} 字节，最多 {MAX_BYTES}。" if size > MAX_BYTES else ""


def _written(words: str) -> set[str]:
    """What stands between braces, with a width or a conversion if it has one: filling in `{account:>999999999}` would
    make a billion characters, so that it is no name we know. Raises ValueError where braces do not match."""
    return {
        f"{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}"
        for _, name, spec, conversion in Formatter().parse(words)
        if name is not None
    }


def menu_faults(menu: MenuBook, mini_programs: frozenset[str], words: frozenset[str]) -> list[FieldError]:
    """`mini_programs`: the app ids that are linked here; `words`: those that are answered by what is published."""
    if not 1 <= len(menu.groups) <= GROUPS:
        return [FieldError("groups", f"菜单要有 1 到 {GROUPS} 组。")]
    found = []
    for number, group in enumerate(menu.groups, 1):
        if fault := _name_fault(group.name, TOP_BYTES):
            found.append(FieldError(f"groups.{number}", fault))
        if not 1 <= len(group.buttons) <= BUTTONS:
            found.append(FieldError(f"groups.{number}", f"每组要有 1 到 {BUTTONS} 个按钮。"))
        for place, button in enumerate(group.buttons, 1):
            fault = _name_fault(button.name, SUB_BYTES) or _does_fault(button, mini_programs, words)
            if fault:
                found.append(FieldError(f"groups.{number}.{place}", f"「{button.name}」{fault}"))
    return found


def _name_fault(name: str, most: int) -> str:
    if not name.strip() or _UNSEEN.search(name) or "\n" in name:
        return "名称不能空着，不能有看不见的字符。"
    return f"名称太长，最多 {most // 3} 个汉字。" if len(name.encode()) > most else ""


def _does_fault(button: MenuButton, mini_programs: frozenset[str], words: frozenset[str]) -> str:
    checks: Mapping[str, str] = {
        "key": "" if button.value in KEYS else "要选一件能办的事。",
        "say": "" if plain(button.value) in words else f"要用已经发布的关键词，没有「{button.value}」。",
        "url": _url_fault(button.value),
        "page": _page_fault(button, mini_programs),
    }
    return checks.get(button.does, "要选按下去做什么。")


def _url_fault(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname or parts.username:
        return "网址要写全，以 https:// 开头。"
    return "网址太长。" if len(url.encode()) > URL_BYTES or _UNSEEN.search(url) or " " in url else ""


def _page_fault(button: MenuButton, mini_programs: frozenset[str]) -> str:
    if button.app_id not in mini_programs:
        return "要选一个已经接入的小程序。"
    good = re.fullmatch(r"[0-9A-Za-z_/-]{1,128}(\?[0-9A-Za-z_=&%.-]{0,256})?", button.value)
    return "" if good and not button.value.startswith("/") else "小程序页面这样写：pages/index/index。"


@dataclass(frozen=True, slots=True)
class Change:
    """Between two books, for whoever publishes: what it was and what it will be; one of them may be empty."""

    where: str
    before: str
    after: str


def changes(before: Replies, after: Replies) -> list[Change]:
    found = [
        Change(EDITABLE[key].title, before.texts.get(key, EDITABLE[key].words), words)
        for key, words in after.texts.items()
        if words != before.texts.get(key, EDITABLE[key].words)
    ]
    old = {answer.words: answer.says for answer in before.answers}
    new = {answer.words: answer.says for answer in after.answers}
    for words in sorted(old.keys() | new.keys()):
        if old.get(words) != new.get(words):
            found.append(Change(f"关键词「{'、'.join(words)}」", old.get(words, ""), new.get(words, "")))
    return found
