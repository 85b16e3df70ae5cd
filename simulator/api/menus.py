"""The account's menu: made, read, taken away.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
"""

from simulator.api.calls import OK, Call
from simulator.errors import PlatformError
from simulator.menurules import Known, checked, has_escapes
from simulator.shapes import JsonObject
from simulator.world import Menu

FIRST_MENU_ID = 420_000_000


def create(call: Call) -> JsonObject:
    if has_escapes(call.raw):
        raise PlatformError(40033)
    buttons = checked(call.body, _known(call))
    call.desk.menu = Menu(FIRST_MENU_ID + call.platform.world.next_id(), buttons)
    call.platform.show_state()
    return OK


def get(call: Call) -> JsonObject:
    if call.desk.menu is None:
        raise PlatformError(46003)
    return {"menu": {"button": call.desk.menu.buttons}}


def delete(call: Call) -> JsonObject:
    call.desk.menu = None
    call.platform.show_state()
    return OK


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
    )
