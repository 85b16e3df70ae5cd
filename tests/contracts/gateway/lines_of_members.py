"""Every call about followers, their tags, the menus they see and the codes they scan (protocol sheet §5 to §7)."""

from backend.wechat.calls.menus import Match, Phone
from tests.contracts.gateway.given import BUTTONS, Given, numbers
from tests.contracts.gateway.lines import OFFICIAL, OFFICIAL_JSON, Line, only

TAGS, MENUS = "/cgi-bin/tags", "/cgi-bin/menu"
NAMES = (45157, 45158)
TAGGING = (*OFFICIAL_JSON, 45059, 45159, 40032, 49003, 45171, 45169)
BUTTON_FAULTS = (*range(40016, 40028), 40033, 40054, 40055, 45064)


def _tagged(given: Given) -> int:
    tag = given.tag()
    given.gateway.tags.tag(tag, [given.openid])
    return tag


def _push(given: Given, _: object = None) -> None:
    given.gateway.menus.push(BUTTONS)


def _create_tag(given: Given, _: object) -> int:
    return given.tag()


def _for_iphones(given: Given, _: object) -> str:
    return given.gateway.menus.add_conditional(BUTTONS, Match(phone=Phone.IOS))


LINES = {
    "users.info": Line(
        "/cgi-bin/user/info", only(lambda given: given.gateway.users.info(given.openid)), (*OFFICIAL, 40003)
    ),
    "users.infos": Line(
        "/cgi-bin/user/info/batchget",
        only(lambda given: given.gateway.users.infos([given.openid])),
        (*OFFICIAL_JSON, 40003),
    ),
    "users.followers": Line(
        "/cgi-bin/user/get", only(lambda given: list(given.gateway.users.followers())), (*OFFICIAL, 40003)
    ),
    "users.set_remark": Line(
        "/cgi-bin/user/info/updateremark",
        only(lambda given: given.gateway.users.set_remark(given.openid, "巷口修车")),
        (*OFFICIAL_JSON, 40092, 43004),
    ),
    "users.blacklist": Line(
        f"{TAGS}/members/getblacklist", only(lambda given: list(given.gateway.users.blacklist())), OFFICIAL_JSON
    ),
    "users.block": Line(
        f"{TAGS}/members/batchblacklist", only(lambda given: given.gateway.users.block([given.openid])), OFFICIAL_JSON
    ),
    "users.unblock": Line(
        f"{TAGS}/members/batchunblacklist",
        only(lambda given: given.gateway.users.unblock([given.openid])),
        OFFICIAL_JSON,
    ),
    "tags.create": Line(f"{TAGS}/create", _create_tag, (*OFFICIAL_JSON, *NAMES, 45056)),
    "tags.all": Line(f"{TAGS}/get", only(lambda given: given.gateway.tags.all()), OFFICIAL),
    "tags.rename": Line(
        f"{TAGS}/update",
        lambda given, tag: given.gateway.tags.rename(tag, f"巷长{next(numbers)}"),
        (*OFFICIAL_JSON, *NAMES, 45058),
        lambda given: given.tag(),
    ),
    "tags.remove": Line(
        f"{TAGS}/delete",
        lambda given, tag: given.gateway.tags.remove(tag),
        (*OFFICIAL_JSON, 45057, 45058),
        lambda given: given.tag(),
    ),
    "tags.members": Line(
        "/cgi-bin/user/tag/get",
        lambda given, tag: list(given.gateway.tags.members(tag)),
        (*OFFICIAL_JSON, 45159),
        _tagged,
    ),
    "tags.tag": Line(
        f"{TAGS}/members/batchtagging",
        lambda given, tag: given.gateway.tags.tag(tag, [given.openid]),
        TAGGING,
        lambda given: given.tag(),
    ),
    "tags.untag": Line(
        f"{TAGS}/members/batchuntagging",
        lambda given, tag: given.gateway.tags.untag(tag, [given.openid]),
        TAGGING,
        _tagged,
    ),
    "tags.of": Line(
        f"{TAGS}/getidlist", only(lambda given: given.gateway.tags.of(given.openid)), (*OFFICIAL_JSON, 40003)
    ),
    "menus.push": Line(f"{MENUS}/create", _push, (*OFFICIAL_JSON, *BUTTON_FAULTS)),
    "menus.current": Line(
        f"{MENUS}/get", only(lambda given: given.gateway.menus.current()), (*OFFICIAL, 46003), _push, {46003: ()}
    ),
    "menus.conditional": Line(
        f"{MENUS}/get", only(lambda given: given.gateway.menus.conditional()), (*OFFICIAL, 46003), _push, {46003: ()}
    ),
    "menus.remove": Line(f"{MENUS}/delete", only(lambda given: given.gateway.menus.remove()), OFFICIAL, _push),
    "menus.add_conditional": Line(
        f"{MENUS}/addconditional",
        _for_iphones,
        (*OFFICIAL_JSON, *BUTTON_FAULTS, 65303, 65304, 65305, 65316, 65320),
        _push,
    ),
    "menus.remove_conditional": Line(
        f"{MENUS}/delconditional",
        lambda given, menu: given.gateway.menus.remove_conditional(menu),
        (*OFFICIAL_JSON, 65301),
        lambda given: given.menu_for_tag(),
    ),
    "menus.seen_by": Line(
        f"{MENUS}/trymatch",
        only(lambda given: given.gateway.menus.seen_by(given.openid)),
        (*OFFICIAL_JSON, 46003),
        _push,
    ),
    "qrcodes.create temporary": Line(
        "/cgi-bin/qrcode/create", only(lambda given: given.gateway.qrcodes.create("place.1", 600)), OFFICIAL_JSON
    ),
    "qrcodes.create permanent": Line(
        "/cgi-bin/qrcode/create", only(lambda given: given.gateway.qrcodes.create("place.1", None)), (-1, 45009)
    ),
    # A bad ticket gets 404, see test_refusals.
    "qrcodes.picture": Line(
        "/cgi-bin/showqrcode",
        lambda given, ticket: given.gateway.qrcodes.picture(ticket),
        (),
        lambda given: given.gateway.qrcodes.create("place.1", 600).ticket,
        by_token=False,
    ),
}
