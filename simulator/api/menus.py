"""The account's menu and its conditional ones: made, read, tried on somebody, taken away.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

from simulator.api.calls import OK, Call
from simulator.api.users import chat_named
from simulator.errors import PlatformError
from simulator.rules.menurules import Known, checked, has_escapes
from simulator.shapes import JsonObject, string
from simulator.state.chats import Chat
from simulator.state.menus import CONDITIONAL_AT_MOST, check_domains, menu_for, read_rule, shown
from simulator.state.people import Client
from simulator.state.records import ConditionalMenu, Menu

FIRST_MENU_ID = 420_000_000


def create(call: Call) -> JsonObject:
    call.desk.menu = Menu(_new_id(call), _buttons(call))
    call.platform.show_state()
    return OK


def _buttons(call: Call) -> list[JsonObject]:
    if has_escapes(call.raw):
        raise PlatformError(40033)
    return checked(call.body, _known(call))


def _new_id(call: Call) -> int:
    return FIRST_MENU_ID + call.platform.world.next_id()


def get(call: Call) -> JsonObject:
    """The id of the default menu is told only when there are others."""
    desk = call.desk
    if desk.menu is None:
        raise PlatformError(46003)
    if not desk.conditional_menus:
        return {"menu": {"button": desk.menu.buttons}}
    default = {"button": desk.menu.buttons, "menuid": desk.menu.id}
    return {"menu": default, "conditionalmenu": [shown(menu) for menu in reversed(desk.conditional_menus)]}


def delete(call: Call) -> JsonObject:
    """The conditional ones go with it."""
    call.desk.menu = None
    call.desk.conditional_menus.clear()
    call.platform.show_state()
    return OK


def add_conditional(call: Call) -> JsonObject:
    desk = call.desk
    buttons = _buttons(call)
    if desk.menu is None:
        raise PlatformError(65303)
    rule = read_rule(desk, call.body)
    check_domains(buttons)
    if len(desk.conditional_menus) >= CONDITIONAL_AT_MOST:
        raise PlatformError(65305)
    menu = ConditionalMenu(_new_id(call), buttons, rule)
    desk.conditional_menus.append(menu)
    call.platform.show_state()
    return {"menuid": str(menu.id)}


def delete_conditional(call: Call) -> JsonObject:
    """The id was answered as text and is accepted as a number as well."""
    asked = str(call.body.get("menuid"))
    menu = next((menu for menu in call.desk.conditional_menus if str(menu.id) == asked), None)
    if menu is None:
        raise PlatformError(65301)
    call.desk.conditional_menus.remove(menu)
    call.platform.show_state()
    return OK


def try_match(call: Call) -> JsonObject:
    chat = _named(call, string(call.body, "user_id"))
    person = call.platform.world.people.get(chat.pid)
    menu = menu_for(call.desk, chat, person.client if person else Client.ANDROID)
    if menu is None:
        raise PlatformError(46003)
    return {"button": menu.buttons}


def _named(call: Call, name: str) -> Chat:
    """A follower, by openid or by the name she is found by in WeChat."""
    chat = chat_named(call, name) or call.desk.chats.get(name)
    if chat is None or not chat.following:
        raise PlatformError(65302)
    return chat


def current(call: Call) -> JsonObject:
    """The same menu in the shape of get_current_selfmenu_info, where sub-menus are wrapped in `list`."""
    menu = call.desk.menu
    buttons = [_self_menu_button(button) for button in menu.buttons] if menu else []
    return {"is_menu_open": int(menu is not None), "selfmenu_info": {"button": buttons}}


def _self_menu_button(button: JsonObject) -> JsonObject:
    own = {name: value for name, value in button.items() if name != "sub_button"}
    below = button.get("sub_button")
    if not below:
        return own
    return own | {"sub_button": {"list": [_self_menu_button(item) for item in below]}}


def _known(call: Call) -> Known:
    platform, app_id, now = call.platform, call.desk.app_id, call.now
    miniprograms = {account.app_id for account in platform.accounts.values() if not account.official}
    return Known(
        has_media=lambda media_id: platform.media.valid(media_id, app_id, now) is not None,
        is_linked=miniprograms.__contains__,
        has_article=call.desk.published.__contains__,
    )
