"""Every call about who opens a web page or the mini-program, and what brings her there (protocol sheet §8, §9)."""

from datetime import timedelta

from backend import clock
from backend.wechat.calls.logins import Login
from backend.wechat.calls.security import CheckedMedia, CheckScene
from tests.contracts.gateway.given import Given
from tests.contracts.gateway.lines import ANY, JSON, OFFICIAL, Line, only

SECRET = (-1, 45011, 40013, 40125, 41002, 41004)  # §3.6: the secret in place of a token
VISITOR = (-1, 45011, 40001, 40014, 42001)  # a visitor's token in place of ours
LINK = (*JSON, 40165, 40212, 44990, 44993, 85079, 85401, 85402, 85406, 85407, 85408)


def _scene(given: Given, _: object) -> object:
    return given.mini.codes.for_scene("p=1")


def _until_tomorrow(given: Given, _: object) -> str:
    return given.mini.links.url_until(clock.now() + timedelta(days=1), "pages/a")


def _is_valid(given: Given, login: Login) -> bool:
    return given.mini.logins.is_valid(login.openid, login.session_key)


def _renew(given: Given, login: Login) -> Login:
    return given.mini.logins.renew(login.openid, login.session_key)


def _arrived(given: Given) -> str:
    """Content security is for people who were at the mini-program within two hours."""
    given.ask(given.visitor, "visit")
    return given.visitor.openid


def _check_media(given: Given, openid: str) -> str:
    url = "http://127.0.0.1/a.jpg"
    return given.mini.security.check_media(openid, url, CheckedMedia.IMAGE, CheckScene.FORUM)


LINES = {
    # §8
    "oauth.exchange": Line(
        "/sns/oauth2/access_token",
        lambda given, code: given.gateway.oauth.exchange(code),
        (*SECRET, 40029, 40163, 48001),
        lambda given: given.consent(),
        by_token=False,
    ),
    "oauth.refresh": Line(
        "/sns/oauth2/refresh_token",
        lambda given, visitor: given.gateway.oauth.refresh(visitor.refresh_token),
        (-1, 45011, 40013, 41002, 40030, 42002, 42003),
        lambda given: given.visitor_by_oauth(),
        by_token=False,
    ),
    "oauth.is_valid": Line(
        "/sns/auth",
        lambda given, visitor: given.gateway.oauth.is_valid(visitor),
        (*VISITOR, 40003),
        lambda given: given.visitor_by_oauth(),
        dict.fromkeys((40001, 40014, 42001, 40003), False),
        by_token=False,
    ),
    "oauth.profile": Line(
        "/sns/userinfo",
        lambda given, visitor: given.gateway.oauth.profile(visitor),
        (*VISITOR, 40003, 48001),
        lambda given: given.visitor_by_oauth(),
        by_token=False,
    ),
    "tickets.ticket": Line("/cgi-bin/ticket/getticket", only(lambda given: given.gateway.tickets.ticket()), OFFICIAL),
    "tickets.sign": Line(
        "/cgi-bin/ticket/getticket",
        only(lambda given: given.gateway.tickets.sign("http://127.0.0.1/page")),
        OFFICIAL,
    ),
    # §9.1 to §9.3
    "logins.exchange": Line(
        "/sns/jscode2session",
        lambda given, code: given.mini.logins.exchange(code),
        (*SECRET, 40029, 40163, 40226),
        lambda given: given.login_code(),
        by_token=False,
    ),
    "logins.is_valid": Line(
        "/wxa/checksession", _is_valid, (*ANY, 87009), lambda given: given.session(), {87009: False}
    ),
    "logins.renew": Line(
        "/wxa/resetusersessionkey", _renew, (*ANY, 87007, 87008, 87009, 40097), lambda given: given.session()
    ),
    "logins.phone_number": Line(
        "/wxa/business/getuserphonenumber",
        lambda given, code: given.mini.logins.phone_number(code),
        (*JSON, 40013, 40029, 40163),
        lambda given: given.phone_code(),
    ),
    "logins.is_genuine": Line(
        "/wxa/business/checkencryptedmsg", only(lambda given: given.mini.logins.is_genuine("bm90aGluZw==")), JSON
    ),
    # §9.4
    "codes.for_scene": Line("/wxa/getwxacodeunlimit", _scene, (*JSON, 40097, 40129, 40169, 41030, 85096)),
    "codes.for_path": Line(
        "/wxa/getwxacode", only(lambda given: given.mini.codes.for_path("pages/a")), (*JSON, 45029, 40159)
    ),
    "codes.square": Line(
        "/cgi-bin/wxaapp/createwxaqrcode",
        only(lambda given: given.mini.codes.square("pages/a")),
        (*JSON, 45029, 40159),
    ),
    "links.url": Line("/wxa/generate_urllink", only(lambda given: given.mini.links.url("pages/a")), LINK),
    "links.url_until": Line("/wxa/generate_urllink", _until_tomorrow, LINK),
    "links.scheme": Line("/wxa/generatescheme", only(lambda given: given.mini.links.scheme("pages/a")), LINK),
    # §9.5
    "security.check_text": Line(
        "/wxa/msg_sec_check",
        lambda given, openid: given.mini.security.check_text(openid, "路灯坏了", CheckScene.FORUM),
        (*JSON, 40003, 40129, 43104, 44991, 61010, 87014),
        _arrived,
    ),
    "security.check_media": Line(
        "/wxa/media_check_async", _check_media, (*JSON, 40003, 40004, 44991, 61010, 87020), _arrived
    ),
    "security.risk_rank": Line(
        "/wxa/getuserriskrank",
        lambda given, openid: given.mini.security.risk_rank(openid, 0, "127.0.0.1"),
        JSON,
        _arrived,
    ),
}
