"""What goes wrong with followers, tags, menus and codes (protocol sheet §5 to §7)."""

from backend.wechat.calls.menus import Button, Match
from tests.contracts.gateway.given import BUTTONS, NOBODY, UNCERTIFIED, Given, numbers
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import Act, Mistake, bad_request, busy, fatal, unreachable
from tests.served import MINIPROGRAM

CHILD = Button("帮助", "click", "help")


def _remark(openid: str, remark: str) -> Act:
    return lambda given, _: given.gateway.users.set_remark(openid or given.openid, remark)


def _remark_on_stranger(given: Given, _: object) -> None:
    given.gateway.users.set_remark(given.stranger().openid, "巷口修车")


def _tag_them(*openids: str) -> Act:
    return lambda given, tag: given.gateway.tags.tag(tag, openids)


def _tag_her(given: Given, tag: int) -> None:
    given.gateway.tags.tag(tag, [given.openid])


def _own_tag(given: Given) -> int:
    return given.tag()


def _busy_tag(given: Given) -> int:
    given.settings(tags_busy=True)
    return given.tag()


def _after_twenty_tags(given: Given) -> int:
    for _ in range(20):
        _tag_her(given, given.tag())
    return given.tag()


def _hundred_tags(given: Given) -> None:
    standing = [each for each in given.gateway.tags.all() if each.id >= 100]
    for _ in range(100 - len(standing)):
        given.tag()


def _two_tags(given: Given) -> tuple[int, str]:
    taken, tag = f"巷长{next(numbers)}", given.tag()
    given.gateway.tags.rename(given.tag(), taken)
    return tag, taken


def _rename(given: Given, prepared: tuple[int, str]) -> None:
    given.gateway.tags.rename(*prepared)


def _menu(*buttons: Button) -> Act:
    return lambda given, _: given.gateway.menus.push(buttons)


def _below(*children: Button) -> Act:
    return _menu(Button("服务", buttons=children))


def _conditional(match: Match, *buttons: Button) -> Act:
    return lambda given, _: given.gateway.menus.add_conditional(buttons or BUTTONS, match)


def _for_tag(given: Given, tag: int) -> None:
    given.gateway.menus.add_conditional(BUTTONS, Match(tag_id=tag))


def _with_menu(given: Given) -> None:
    given.gateway.menus.push(BUTTONS)


def _without_menu(given: Given) -> int:
    tag = given.tag()
    given.gateway.menus.remove()
    return tag


def _see(given: Given, _: object) -> None:
    given.gateway.menus.seen_by(given.openid)


def _see_as_stranger(given: Given, _: object) -> None:
    given.gateway.menus.seen_by(given.stranger().openid)


MEMBERS: dict[str, Mistake] = {
    "describing nobody": unreachable(
        40003, only(lambda given: given.gateway.users.infos([given.openid, NOBODY])), says="openid"
    ),
    "followers after nobody": unreachable(40003, only(lambda given: list(given.gateway.users.followers(NOBODY)))),
    "a remark of 30 characters": bad_request(40092, _remark("", "长" * 30)),
    "a remark on a stranger": unreachable(43004, _remark_on_stranger),
    "a remark on nobody": unreachable(40003, _remark(NOBODY, "巷口修车")),
    "a foreign openid on the blacklist": bad_request(49003, only(lambda given: given.gateway.users.block([NOBODY]))),
    "an openid that is none on the blacklist": unreachable(40003, only(lambda given: given.gateway.users.block(["x"]))),
}
TAGS: dict[str, Mistake] = {
    "a tag of 31 characters": bad_request(45158, only(lambda given: given.gateway.tags.create("长" * 31))),
    "a tag without a name": bad_request(45157, only(lambda given: given.gateway.tags.create(" "))),
    "a tag with a name of another": bad_request(45157, _rename, _two_tags),
    "a 101st tag": bad_request(45056, only(lambda given: given.gateway.tags.create("第一百零一")), _hundred_tags),
    "another name for a tag of the platform": bad_request(
        45058, only(lambda given: given.gateway.tags.rename(2, "星"))
    ),
    "removing a tag of the platform": bad_request(45058, only(lambda given: given.gateway.tags.remove(1))),
    "removing a tag that is not there": bad_request(45159, only(lambda given: given.gateway.tags.remove(999_999))),
    "members of a tag that is not there": bad_request(
        45159, only(lambda given: list(given.gateway.tags.members(999_999)))
    ),
    "a tag that is not there on somebody": bad_request(45159, _tag_her, lambda _: 999_999),
    "a 21st tag on somebody": bad_request(45059, _tag_her, _after_twenty_tags),
    "a tag on a foreign openid": bad_request(49003, _tag_them(NOBODY), _own_tag),
    "a tag on an openid that is none": unreachable(40003, _tag_them("x"), _own_tag),
    "tags that are being changed by another": busy(45169, _tag_her, _busy_tag),
    "the tags of nobody": unreachable(40003, only(lambda given: given.gateway.tags.of(NOBODY))),
    "tags of a mini-program": fatal(48001, only(lambda given: given.mini.tags.all())),
}
MENUS: dict[str, Mistake] = {
    "a button of an unknown type": bad_request(40017, _menu(Button("帮助", "press", "help"))),
    "a button with too long an address": bad_request(
        40020, _menu(Button("网站", "view", url="https://example.org/" + "x" * 1024))
    ),
    "a button with an address that is none": bad_request(40055, _menu(Button("网站", "view", url="example.org"))),
    "a third level": bad_request(40022, _below(Button("再下", buttons=(CHILD,)))),
    "a child of an unknown type": bad_request(40024, _below(Button("帮助", "press", "help"))),
    "a child with too long a name": bad_request(40025, _below(Button("名" * 21, "click", "help"))),
    "a child without a key": bad_request(40026, _below(Button("帮助", "click"))),
    "a child with too long an address": bad_request(
        40027, _below(Button("网站", "view", url="https://example.org/" + "x" * 1024))
    ),
    "a child with an address that is none": bad_request(40054, _below(Button("网站", "view", url="example.org"))),
    "a mini-program without a page": bad_request(
        40165, _menu(Button("报修", "miniprogram", url="https://example.org", app_id=MINIPROGRAM.app_id))
    ),
    "a mini-program that is not linked": bad_request(
        45064, _menu(Button("报修", "miniprogram", url="https://example.org", app_id="wx9", page_path="pages/a"))
    ),
    "a mini-program without an address for old clients": bad_request(
        40020, _menu(Button("报修", "miniprogram", app_id=MINIPROGRAM.app_id, page_path="pages/a"))
    ),
    "a button with an unknown picture": bad_request(40007, _menu(Button("图", "media_id", media_id="unknown"))),
    "a button with an unknown article": bad_request(53600, _menu(Button("文", "article_id", article_id="unknown"))),
    "a conditional menu without a default one": bad_request(65303, _for_tag, _without_menu),
    "a conditional menu for everybody": bad_request(65304, _conditional(Match()), _with_menu),
    "a conditional menu for an unknown tag": bad_request(45159, _conditional(Match(tag_id=999_999)), _with_menu),
    "a conditional menu to four places": bad_request(
        65316,
        _conditional(
            Match(tag_id=2),
            Button("服务", buttons=tuple(Button("网", "view", url=f"https://{n}.example.org") for n in range(4))),
        ),
        _with_menu,
    ),
    "a conditional menu with too long a name": bad_request(
        40018, _conditional(Match(tag_id=2), Button("名" * 6, "click", "help")), _with_menu
    ),
    "removing a conditional menu that is not there": bad_request(
        65301, only(lambda given: given.gateway.menus.remove_conditional("1"))
    ),
    "the menu a stranger sees": bad_request(65302, _see_as_stranger, _with_menu),
    "the menu somebody sees where there is none": bad_request(46003, _see, _without_menu),
    "a code from an account without certificate": fatal(
        48001, only(lambda given: given.connected(UNCERTIFIED).qrcodes.create("place.1", 600))
    ),
}
MISTAKES = {**MEMBERS, **TAGS, **MENUS}
