"""The one table of the platform's interfaces: method, path, function, who may call it, what it takes."""

from simulator.accounts import AccountKind
from simulator.api import callbacks, logins, media, menus, messages, qrcodes, tokens, users
from simulator.api.calls import MINIPROGRAM, OFFICIAL, Body, Interface

NO_CREDENTIAL: frozenset[AccountKind] = frozenset()

INTERFACES = (
    Interface("GET", "/cgi-bin/token", tokens.token, NO_CREDENTIAL),
    Interface("POST", "/cgi-bin/stable_token", tokens.stable_token, NO_CREDENTIAL, Body.JSON),
    Interface("GET", "/sns/jscode2session", logins.exchange, NO_CREDENTIAL),
    Interface("GET", "/cgi-bin/getcallbackip", callbacks.callback_addresses),
    Interface("GET", "/cgi-bin/get_api_domain_ip", callbacks.interface_addresses),
    Interface("POST", "/cgi-bin/callback/check", callbacks.check, body=Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/send", messages.send, body=Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/typing", messages.typing, OFFICIAL, Body.JSON),
    Interface("POST", "/cgi-bin/message/custom/business/typing", messages.typing, MINIPROGRAM, Body.JSON),
    Interface("POST", "/cgi-bin/menu/create", menus.create, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/menu/get", menus.get, OFFICIAL),
    Interface("GET", "/cgi-bin/menu/delete", menus.delete, OFFICIAL),
    Interface("GET", "/cgi-bin/get_current_selfmenu_info", menus.current, OFFICIAL),
    Interface("POST", "/cgi-bin/qrcode/create", qrcodes.create, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/showqrcode", qrcodes.show, NO_CREDENTIAL),
    Interface("GET", "/cgi-bin/user/info", users.info, OFFICIAL),
    Interface("POST", "/cgi-bin/user/info/batchget", users.batch, OFFICIAL, Body.JSON),
    Interface("GET", "/cgi-bin/user/get", users.listed, OFFICIAL),
    Interface("POST", "/cgi-bin/media/upload", media.upload, body=Body.FILE),
    Interface("GET", "/cgi-bin/media/get", media.get),
    Interface("POST", "/cgi-bin/media/uploadimg", media.upload_image, OFFICIAL, Body.FILE),
)
PLATFORM_ROOTS = ("/cgi-bin/", "/sns/", "/wxa/", "/wxaapi/", "/datacube/", "/card/", "/customservice/")
