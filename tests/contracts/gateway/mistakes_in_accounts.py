"""What goes wrong with the account itself: who may call, how often, and what is asked about it (§1.8, §3.1 to §3.5)."""

from backend.wechat.calls.custom import CustomText
from tests.contracts.gateway.given import DAY, Given, rid_of
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.lines_of_accounts import SEND, TOKEN
from tests.contracts.gateway.mistakes import Act, Mistake, Prepare, bad_request, exhausted, fatal
from tests.served import MINIPROGRAM

ELSEWHERE = "192.0.2.1"


def _ping(given: Given, _: object = None) -> None:
    given.gateway.ping()


def _shut_out(given: Given) -> None:
    given.admit_only(ELSEWHERE)


def _shut_out_with_a_token(given: Given) -> None:
    """The service account is held to the list at every interface, not only where its secret is used."""
    given.gateway.ping()
    given.admit_only(ELSEWHERE)


def _send(given: Given, _: object) -> None:
    given.gateway.custom.send(given.openid, CustomText("您好"))


def _one_token_a_day(given: Given) -> None:
    given.limit(TOKEN, 1)
    given.anew().gateway.ping()


def _force(given: Given, _: object = None) -> None:
    given.gateway.tokens.force()


def _forced_twenty_times(given: Given) -> None:
    given.begin(DAY)
    for _ in range(20):
        _force(given)
        given.platform.advance(31)


def _limited(path: str, use: Act) -> Prepare:
    """Used as often as the day allows, which is once."""

    def prepare(given: Given) -> None:
        given.limit(path, 1)
        use(given, None)

    return prepare


def _info(given: Given, _: object) -> None:
    given.gateway.users.info(given.openid)


def _current_menu(given: Given, _: object) -> None:
    given.gateway.menus.current()


def _clear(given: Given, _: object = None) -> None:
    given.gateway.quotas.clear_all()


def _clear_by_secret(given: Given, _: object = None) -> None:
    given.gateway.quotas.clear_all_by_secret()


def _clear_one(given: Given, _: object = None) -> None:
    given.gateway.quotas.clear(SEND)


def _times(number: int, act: Act) -> Prepare:
    def prepare(given: Given) -> None:
        for _ in range(number):
            act(given, None)

    return prepare


def _explain(given: Given, rid: str) -> None:
    given.gateway.quotas.explain(rid)


def _old_rid(given: Given) -> str:
    rid = given.rid()
    given.platform.advance(7 * DAY)
    return rid


def _rid_of_the_other_account(given: Given) -> str:
    return rid_of(lambda: given.mini.codes.for_scene(""))


def _rid_of_a_visitor(given: Given) -> str:
    return rid_of(lambda: given.gateway.oauth.exchange("0unknown"))


TOKENS: dict[str, Mistake] = {
    "a token from an address that is not admitted": fatal(40164, _ping, _shut_out, says="127.0.0.1"),
    "a call from an address that is not admitted": fatal(40164, _send, _shut_out_with_a_token, says="127.0.0.1"),
    "a mini-program's login from an address that is not admitted": fatal(
        40164, lambda given, _: given.mini.ping(), lambda given: given.admit_only(ELSEWHERE, MINIPROGRAM.app_id)
    ),
    "clearing by secret from an address that is not admitted": fatal(40164, _clear_by_secret, _shut_out),
    "more tokens than a day allows": exhausted(45009, _ping, _one_token_a_day),
    "a 21st forced token in a day": exhausted(45009, _force, _forced_twenty_times),
}
QUOTAS: dict[str, Mistake] = {
    "more descriptions than a day allows": exhausted(45009, _info, _limited("/cgi-bin/user/info", _info)),
    "more menus than a day allows": exhausted(45009, _current_menu, _limited("/cgi-bin/menu/get", _current_menu)),
    "an 11th clearing in a month": exhausted(48006, _clear, _times(10, _clear)),
    "an 11th clearing, by secret": exhausted(48006, _clear_by_secret, _times(10, _clear)),
    "a 51st clearing of one interface": exhausted(48006, _clear_one, _times(50, _clear_one)),
    "the quota of an unknown interface": bad_request(
        76021, only(lambda given: given.gateway.quotas.of("/cgi-bin/unknown"))
    ),
    "the quota of a path without its slash": bad_request(
        76022, only(lambda given: given.gateway.quotas.of("cgi-bin/message/custom/send"))
    ),
    "the quota of an interface for visitors": bad_request(
        76022, only(lambda given: given.gateway.quotas.of("/sns/userinfo"))
    ),
    "clearing an unknown interface": bad_request(
        76021, only(lambda given: given.gateway.quotas.clear("/cgi-bin/unknown"))
    ),
    "a rid nobody was given": bad_request(76001, _explain, lambda _: "00000000-00000000-00000000"),
    "a rid that is none": bad_request(76002, _explain, lambda _: "x"),
    "a rid of another account": bad_request(76003, _explain, _rid_of_the_other_account),
    "a rid of seven days ago": bad_request(76004, _explain, _old_rid),
    "a rid of an interface for visitors": bad_request(76022, _explain, _rid_of_a_visitor),
    "an unknown check of our address": bad_request(
        40202, only(lambda given: given.gateway.quotas.check_callback("smell"))
    ),
    "a check by an unknown operator": bad_request(
        40203, only(lambda given: given.gateway.quotas.check_callback(operator="NOBODY"))
    ),
}
MISTAKES = {**TOKENS, **QUOTAS}
