"""The account's menu, and others for those with a tag or a kind of phone (protocol sheet §6).

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.catalogue import Catalogue
from backend.wechat.failures import Refused
from backend.wechat.retries import Repeat

NO_MENU = 46003


@dataclass(frozen=True)
class Button:
    """A menu button: with `buttons` it opens, else it acts as `type` says."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    app_id: str = ""
    page_path: str = ""
    media_id: str = ""
    article_id: str = ""
    buttons: tuple["Button", ...] = ()


class Phone(IntEnum):
    IOS = 1
    ANDROID = 2
    OTHER = 3


@dataclass(frozen=True)
class Match:
    """Whom a conditional menu is for. Rules by sex or region are dead since 2021."""

    tag_id: int | None = None
    phone: Phone | None = None


@dataclass(frozen=True)
class ConditionalMenu:
    id: str
    match: Match
    buttons: tuple[Button, ...]


class Menus:
    def __init__(self, caller: Caller) -> None:
        self._wechat = Catalogue(caller)
        self._once = Catalogue(caller, Repeat.UNSENT)

    def push(self, buttons: tuple[Button, ...]) -> None:
        self._wechat.menu.create({"button": [_write(button) for button in buttons]})

    def current(self) -> tuple[Button, ...]:
        return _read(self._read().get("menu", {}))

    def conditional(self) -> tuple[ConditionalMenu, ...]:
        return tuple(
            ConditionalMenu(str(item["menuid"]), _read_match(item.get("matchrule", {})), _read(item))
            for item in self._read().get("conditionalmenu", ())
        )

    def remove(self) -> None:
        """The conditional ones go with it."""
        self._wechat.menu.delete()

    def add_conditional(self, buttons: tuple[Button, ...], match: Match) -> str:
        """A default menu must exist. The rule added last that fits a person wins. Answers the menu id."""
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu
        rule = {"tag_id": match.tag_id, "client_platform_type": match.phone and int(match.phone)}
        given = {key: str(value) for key, value in rule.items() if value is not None}
        body = {"button": [_write(button) for button in buttons], "matchrule": given}
        return str(self._once.menu.add_conditional(body)["menuid"])

    def remove_conditional(self, menu_id: str) -> None:
        self._wechat.menu.del_conditional(menu_id)

    def seen_by(self, openid: str) -> tuple[Button, ...]:
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_trymatchmenu
        answer = self._wechat.menu.try_match(openid)
        return _read(answer.get("menu", answer))

    def _read(self) -> dict[str, Any]:
        """wechatpy takes its own error for "no menu"; ours tells which it was."""
        try:
            answer: dict[str, Any] = self._wechat.get("menu/get")
        except Refused as refused:
            if refused.errcode == NO_MENU:
                return {}
            raise
        answer["menu"]["button"]
        return answer


def _read(menu: dict[str, Any]) -> tuple[Button, ...]:
    return tuple(_read_button(item) for item in menu.get("button", ()))


def _write(button: Button) -> dict[str, Any]:
    if button.buttons:
        return {"name": button.name, "sub_button": [_write(inner) for inner in button.buttons]}
    given = {name: getattr(button, field) for name, field in _FIELDS.items()}
    return {key: value for key, value in given.items() if value}


_FIELDS = {
    "type": "type",
    "name": "name",
    "key": "key",
    "url": "url",
    "appid": "app_id",
    "pagepath": "page_path",
    "media_id": "media_id",
    "article_id": "article_id",
}


def _read_button(item: dict[str, Any]) -> Button:
    own = {field: item.get(name, "") for name, field in _FIELDS.items()}
    return Button(**own, buttons=tuple(_read_button(inner) for inner in item.get("sub_button", [])))


def _read_match(rule: dict[str, Any]) -> Match:
    tag, phone = rule.get("tag_id"), rule.get("client_platform_type")
    return Match(int(tag) if tag else None, Phone(int(phone)) if phone else None)
