"""What goes wrong with visitors: codes, sessions, links, content security (protocol sheet §8, §9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from backend import clock
from backend.wechat.calls.logins import Login
from backend.wechat.calls.oauth import Scope, Visitor
from backend.wechat.calls.security import CheckedMedia, CheckScene
from backend.wechat.calls.wxacodes import CodeLook
from backend.wechat.failures import VisitorTokenRefused
from tests.conftest import OFFICIAL
from tests.contracts.gateway.given import DAY, MINUTE, SMALL, UNCERTIFIED, Given
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import Act, Mistake, Prepare, bad_request, busy, exhausted, fatal, unreachable
from tests.served import MINIPROGRAM

LINK = "/wxa/generate_urllink"
PICTURE = "http://127.0.0.1/a.jpg"


def _later(seconds: float, prepare: Callable[[Given], Any]) -> Prepare:
    """What was prepared, after so many seconds."""

    def prepared(given: Given) -> Any:
        made = prepare(given)
        given.platform.advance(seconds)
        return made

    return prepared


def _web_code(given: Given) -> str:
    return given.consent()


def _used_web_code(given: Given) -> str:
    code = given.consent()
    given.gateway.oauth.exchange(code)
    return code


def _exchange(given: Given, code: str) -> None:
    given.gateway.oauth.exchange(code)


def _as_old_clients(prepare: Callable[[Given], Any]) -> Prepare:
    """A platform that answers 40029 to a used code; both numbers are seen."""

    def prepared(given: Given) -> Any:
        given.settings(used_code_errcode=40029)
        return prepare(given)

    return prepared


def _visitor(given: Given) -> Visitor:
    return given.visitor_by_oauth()


def _silent_visitor(given: Given) -> Visitor:
    return given.visitor_by_oauth(Scope.BASE)


def _mistaken_visitor(given: Given) -> Visitor:
    return replace(given.visitor_by_oauth(), openid=given.stranger().openid)


def _profile(given: Given, visitor: Visitor) -> None:
    given.gateway.oauth.profile(visitor)


def _refresh(given: Given, visitor: Visitor) -> None:
    given.gateway.oauth.refresh(visitor.refresh_token)


def _exchange_elsewhere(account: Any) -> Act:
    return lambda given, code: given.connected(account).oauth.exchange(code)


def _login_code(given: Given) -> str:
    return given.login_code()


def _used_login_code(given: Given) -> str:
    code = given.login_code()
    given.mini.logins.exchange(code)
    return code


def _risky_login(given: Given) -> str:
    given.platform.ask("POST", f"people/{given.visitor.pid}", {"high_risk": True})
    return given.login_code()


def _hundred_logins(given: Given) -> str:
    given.begin(MINUTE)
    for _ in range(100):
        given.session()
    return given.login_code()


def _log_in(given: Given, code: str) -> None:
    given.mini.logins.exchange(code)


def _phone_code(given: Given) -> str:
    return given.phone_code()


def _used_phone_code(given: Given) -> str:
    code = given.phone_code()
    given.mini.logins.phone_number(code)
    return code


def _number(given: Given, code: str) -> None:
    given.mini.logins.phone_number(code)


def _number_of_another(given: Given, code: str) -> None:
    given.mini.logins.phone_number(code, given.platform.phone(MINIPROGRAM.app_id, "p2").openid)


def _renew(given: Given, login: Login) -> None:
    given.mini.logins.renew(login.openid, login.session_key)


def _old_session(given: Given) -> Login:
    """Another login has ended it."""
    login = given.session()
    given.session()
    return login


def _no_session(given: Given) -> Login:
    return Login(given.visitor.openid, "a2V5")


def _code(*arguments: Any, **more: Any) -> Act:
    return lambda given, _: given.mini.codes.for_scene(*arguments, **more)


def _link(*arguments: Any, **more: Any) -> Act:
    return lambda given, _: given.mini.links.url(*arguments, **more)


def _until(**distance: float) -> Act:
    return lambda given, _: given.mini.links.url_until(clock.now() + timedelta(**distance), "pages/a")


def _one_link_a_day(given: Given) -> None:
    given.limit(LINK, 1, MINIPROGRAM.app_id)
    given.mini.links.url("pages/a")


def _arrived(given: Given) -> str:
    given.ask(given.visitor, "visit")
    return given.visitor.openid


def _absent(given: Given) -> str:
    return given.visitor.openid


def _check(content: str) -> Act:
    return lambda given, openid: given.mini.security.check_text(openid, content, CheckScene.FORUM)


def _check_picture(url: str) -> Act:
    return lambda given, openid: given.mini.security.check_media(openid, url, CheckedMedia.IMAGE, CheckScene.FORUM)


def _rank(scene: int, address: str) -> Act:
    return lambda given, openid: given.mini.security.risk_rank(openid, scene, address)


WEB: dict[str, Mistake] = {
    "a web code used twice": bad_request(40163, _exchange, _used_web_code),
    "a web code used twice, as others see it": bad_request(40029, _exchange, _as_old_clients(_used_web_code)),
    "a web code of more than five minutes": bad_request(40029, _exchange, _later(301, _web_code)),
    "a web code nobody gave": bad_request(40029, _exchange, lambda _: "0unknown"),
    "a web code with a wrong secret": fatal(
        40125, _exchange_elsewhere(replace(OFFICIAL, app_secret="x" * 32)), _web_code
    ),
    "a web code at an account without certificate": fatal(48001, _exchange_elsewhere(UNCERTIFIED), _web_code),
    "a profile nobody agreed to show": fatal(48001, _profile, _silent_visitor),
    "a profile of another": unreachable(40003, _profile, _mistaken_visitor),
    "a profile after two hours": Mistake(_profile, 42001, VisitorTokenRefused, _later(7201, _visitor)),
    "a profile with a token nobody gave": Mistake(
        _profile, 40001, VisitorTokenRefused, lambda given: replace(_visitor(given), token="1_unknown")
    ),
    "renewing after thirty days": bad_request(42002, _refresh, _later(30 * DAY + 1, _visitor)),
    "renewing with a token nobody gave": bad_request(
        40030, only(lambda given: given.gateway.oauth.refresh("1_unknown"))
    ),
    "a ticket of an unknown kind": bad_request(40097, only(lambda given: given.gateway.tickets.ticket("paper"))),
}
LOGINS: dict[str, Mistake] = {
    "a login code used twice": bad_request(40163, _log_in, _used_login_code),
    "a login code used twice, as others see it": bad_request(40029, _log_in, _as_old_clients(_used_login_code)),
    "a login code of more than five minutes": bad_request(40029, _log_in, _later(301, _login_code)),
    "a login code that is a phone code": bad_request(40029, _log_in, _phone_code),
    "a login of somebody risky": bad_request(40226, _log_in, _risky_login),
    "a 101st login in a minute": busy(45011, _log_in, _hundred_logins),
    "a phone code used twice": bad_request(40163, _number, _used_phone_code),
    "a phone code of more than five minutes": bad_request(40029, _number, _later(301, _phone_code)),
    "a phone code that is a login code": bad_request(40029, _number, _login_code),
    "a phone code of another": unreachable(40003, _number_of_another, _phone_code),
    "renewing a session that has ended": bad_request(87009, _renew, _old_session),
    "renewing a session of nobody": bad_request(87007, _renew, _no_session),
}
CODES: dict[str, Mistake] = {
    "a scene of 33 characters": bad_request(40169, _code("x" * 33)),
    "a scene with a percent sign": bad_request(40129, _code("a%20b")),
    "a scene in Chinese": bad_request(40129, _code("春晓")),
    "a scene that is empty": bad_request(40129, _code("")),
    "a scene the platform keeps for itself": bad_request(85096, _code("scancode_time=1")),
    "a code that is too narrow": bad_request(40097, _code("p=1", look=CodeLook(width=279))),
    "a code for a page with a slash in front": bad_request(40097, _code("p=1", "/pages/a")),
    "a code for a page with a query": bad_request(40097, _code("p=1", "pages/a?x=1")),
    "a code for a page nobody published": bad_request(
        41030, only(lambda given: given.connected(SMALL).codes.for_scene("p=1", "pages/a"))
    ),
    "a code for a path of 1,025 bytes": bad_request(
        40159, only(lambda given: given.mini.codes.for_path("pages/a?" + "x" * 1017))
    ),
    "a square code for no path": bad_request(40159, only(lambda given: given.mini.codes.square(""))),
    "a code of an official account": fatal(48001, only(lambda given: given.gateway.codes.for_scene("p=1"))),
    "a link for 31 days": bad_request(85401, _link("pages/a", days=31)),
    "a link until yesterday": bad_request(85401, _until(days=-1)),
    "a link until next year": bad_request(85401, _until(days=365)),
    "a link to a page nobody published": bad_request(
        40165, only(lambda given: given.connected(SMALL).links.url("pages/a"))
    ),
    "a link with a query in its path": bad_request(40165, _link("pages/a?x=1")),
    "a link with too long a query": bad_request(40212, _link("pages/a", "x" * 1025)),
    "a link with a query in Chinese": bad_request(40212, _link("pages/a", "名=春晓")),
    "a scheme with a query in Chinese": bad_request(
        40212, only(lambda given: given.mini.links.scheme("pages/a", "名=春晓"))
    ),
    "more links than a day allows": exhausted(44993, _link("pages/a"), _one_link_a_day),
}
SECURITY: dict[str, Mistake] = {
    "checking a text of somebody who was never there": bad_request(61010, _check("路灯坏了"), _absent),
    "checking a text after two hours": bad_request(61010, _check("路灯坏了"), _later(7201, _arrived)),
    "checking a text of 2,501 characters": bad_request(45002, _check("长" * 2501), _arrived),
    "checking a text that is empty": bad_request(47001, _check(""), _arrived),
    "checking a text of another account's follower": unreachable(43104, _check("路灯坏了"), lambda given: given.openid),
    "checking a text of an openid that is none": unreachable(40003, _check("路灯坏了"), lambda _: "x"),
    "checking a picture that has no address": bad_request(47001, _check_picture("a.jpg"), _arrived),
    "checking a picture after two hours": bad_request(61010, _check_picture(PICTURE), _later(7201, _arrived)),
    "the risk of an unknown occasion": bad_request(40129, _rank(5, "127.0.0.1"), _arrived),
    "the risk without an address": bad_request(47001, _rank(0, ""), _arrived),
}
MISTAKES = {**WEB, **LOGINS, **CODES, **SECURITY}
