"""What is everybody's own: her password, her codes, her WeChat, and where she is signed in."""

from collections.abc import Callable

from flask import Response, request

from backend.errors import HouseError, InvalidInput, NotFound, TooMany
from backend.permissions import ROLES
from backend.staff import credentials, queries, rules, sessions
from backend.staff.scans import Purpose
from backend.web import limits, problems
from console import desk, forms, scanning
from console.desk import Desk

ACCOUNT = "/console/account"


def show(here: Desk) -> Response:
    staff_id = here.actor.staff_id
    return here.page(
        "account/show.html",
        title="我的账号",
        devices=sessions.devices(staff_id),
        codes_left=credentials.codes_left(staff_id),
        bound=queries.is_bound(staff_id),
        grants=[each for each in queries.grant_views(staff_id) if each.holds],
        roles=ROLES,
    )


def sign_out(here: Desk) -> Response:
    here.runtime.sign_in.sign_out(here.actor, here.signed_in.session_id)
    answer = desk.go(desk.SIGN_IN)
    answer.delete_cookie(desk.COOKIE, path="/")
    return answer


def password(here: Desk) -> Response:
    if request.method == "GET":
        return _ask_password(here)
    try:
        _change(here)
    except (InvalidInput, TooMany) as error:
        return _ask_password(here, error)
    here.say("密码改好了。别的设备都已经退出登录；绑定过的微信也解除了，微信要重新绑定。")
    return desk.go(ACCOUNT)


def _change(here: Desk) -> None:
    new = forms.secret("password")
    if new != forms.secret("again"):
        raise InvalidInput("password_again", "两次填的新密码不一样，请再填一次。")
    here.runtime.credentials.change_password(here.actor, here.signed_in.session_id, forms.secret("old"), new)


def _ask_password(here: Desk, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    said = error.sentence if error else ""
    return here.page("account/password.html", status, title="改密码", error=said, shortest=rules.SHORTEST)


def codes(here: Desk) -> Response:
    """Shown in the answer to a code of her authenticator, and never again."""
    return _with_code(here, "换一批恢复码", "recovery_codes_made", _new_codes)


def _new_codes(here: Desk) -> Response:
    made = here.runtime.credentials.renew_codes(here.actor)
    return here.page("account/codes.html", title="新的恢复码", codes=made)


def end_device(here: Desk, number: int) -> Response:
    if not sessions.end(here.actor.staff_id, number):
        raise NotFound("no_session", "这台设备已经退出了。")
    here.say("那台设备已经退出登录。")
    return desk.go(ACCOUNT)


def end_devices(here: Desk) -> Response:
    count = sessions.end_others(here.actor.staff_id, here.signed_in.session_id)
    here.say(f"其他 {count} 台设备已经退出登录。" if count else "没有其他设备登录着。", "good" if count else "info")
    return desk.go(ACCOUNT)


def wechat(here: Desk) -> Response:
    return _with_code(here, "绑定微信", "wechat_bound", _show_scan)


def _show_scan(here: Desk) -> Response:
    shown = scanning.begin(here.runtime, Purpose.BIND, here.csrf, here.actor.staff_id)
    return here.page("account/wechat.html", title="绑定微信", shown=shown)


def _with_code(here: Desk, title: str, act: str, then: Callable[[Desk], Response]) -> Response:
    """`then`, once she has typed what her authenticator shows: whoever finds her browser open gets no way in of his
    own that stays."""
    if request.method == "GET":
        return _ask_code(here, title)
    limits.spend("console_sign_in")
    try:
        here.runtime.credentials.prove(here.actor, forms.text("code", 16), act)
    except (InvalidInput, TooMany) as error:
        return _ask_code(here, title, error)
    return then(here)


def _ask_code(here: Desk, title: str, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    said = error.sentence if error else ""
    return here.page("account/code.html", status, title=title, error=said, path=request.path)


def state(here: Desk) -> Response:
    return scanning.watch(here.runtime, here.csrf)


def unbind(here: Desk) -> Response:
    here.runtime.credentials.unbind(here.actor)
    here.say("微信已经解除绑定，以后请用密码登录。")
    return desk.go(ACCOUNT)
