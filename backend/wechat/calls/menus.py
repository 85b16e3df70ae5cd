"""The account's menu, and others for those with a tag or a kind of phone (protocol sheet §6).

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.catalogue import Catalogue
from backend.wechat.failures import Refused
from backend.wechat.retries import Repeat

GET, NO_MENU = "/cgi-bin/menu/get", 46003
log = structlog.get_logger()


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
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
        self._wechat.menu.create({"button": [_write(button) for button in buttons]})

    def current(self) -> tuple[Button, ...]:
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_getmenu
        told = self._read()
        return _read(told.part("menu")) if told else ()

    def conditional(self) -> tuple[ConditionalMenu, ...]:
        """Without those for a kind of phone the house does not know, which would pass for everybody's: they are logged
        with the id by which they can be removed, and hide none of the others.
        """
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_getmenu
        items = self._read().parts("conditionalmenu", optional=True)
        return tuple(menu for menu in map(_conditional, items) if menu)

    def remove(self) -> None:
        """The conditional ones go with it."""
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_deletemenu
        self._wechat.menu.delete()

    def add_conditional(self, buttons: tuple[Button, ...], match: Match) -> str:
        """A default menu must exist. The rule added last that fits a person wins. Answers the menu id."""
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu
        rule = {"tag_id": match.tag_id, "client_platform_type": match.phone and int(match.phone)}
        given = {key: str(value) for key, value in rule.items() if value is not None}
        body = {"button": [_write(button) for button in buttons], "matchrule": given}
        answer: Answer = self._once.menu.add_conditional(body)
        return answer.filled("menuid")

    def remove_conditional(self, menu_id: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_deleteconditionalmenu
        self._wechat.menu.del_conditional(menu_id)

    def seen_by(self, openid: str) -> tuple[Button, ...]:
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_trymatchmenu
        answer: Answer = self._wechat.menu.try_match(openid)
        return _read(answer.part("menu") if "menu" in answer else answer)

    def _read(self) -> Answer:
        """Empty where there is no menu. wechatpy takes its own error for that; ours tells which it was."""
        try:
            answer: Answer = self._wechat.get("menu/get")
        except Refused as refused:
            if refused.errcode == NO_MENU:
                return Answer(GET, {})
            raise
        answer.part("menu").parts("button")
        return answer


def _read(menu: Answer) -> tuple[Button, ...]:
    return tuple(_read_button(item) for item in menu.parts("button"))


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


def _read_button(item: Answer) -> Button:
    own = {field: item.text(name, "") for name, field in _FIELDS.items()}
    return Button(**own, buttons=tuple(_read_button(inner) for inner in item.parts("sub_button", optional=True)))


def _conditional(item: Answer) -> ConditionalMenu | None:
    menu_id, rule = item.filled("menuid"), item.part("matchrule", optional=True)
    number = rule.integer_if_any("client_platform_type")
    phone = rule.chosen_if_known("client_platform_type", Phone) if number else None
    if number and phone is None:
        log.warning("wechat.phone_unknown", interface=GET, id=menu_id, phone=number)
        return None
    return ConditionalMenu(menu_id, Match(rule.integer_if_any("tag_id"), phone), _read(item))
