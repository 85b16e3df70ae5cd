"""The way in: password and code, or a QR code for the bound WeChat; and the link that sets an account up."""

from flask import Response, request, session

from backend.errors import HouseError, InvalidInput, NotFound, SignInNeeded, TooMany, Unavailable
from backend.runtime import Runtime
from backend.staff import credentials, second_factor
from backend.staff.scans import Purpose
from backend.web import limits, problems
from console import desk, forms, paths, scanning


def password(runtime: Runtime) -> Response:
    session["next"] = paths.own(request.args.get("next", "")) or session.get("next", desk.HOME)
    if request.method == "GET":
        return _ask_password()
    limits.spend("console_sign_in")
    try:
        half = runtime.sign_in.password(forms.text("login", 64), forms.secret("password"), desk.where())
    except (SignInNeeded, TooMany) as error:
        return _ask_password(error, forms.text("login", 64))
    session["half"] = half
    return desk.go("/console/sign-in/code")


def _ask_password(error: HouseError | None = None, login: str = "") -> Response:
    return _page("sign_in/password.html", error, login=login)


def code(runtime: Runtime) -> Response:
    if "half" not in session:
        return desk.go(desk.SIGN_IN)
    if request.method == "GET":
        return _page("sign_in/code.html")
    limits.spend("console_sign_in")
    try:
        token = runtime.sign_in.code(session["half"], forms.text("code", 32), desk.where())
    except (SignInNeeded, TooMany) as error:
        return _page("sign_in/code.html", error)
    return _enter(runtime, token)


def scan(runtime: Runtime) -> Response:
    """POST: it was confirmed on the phone."""
    browser = desk.csrf_of_browser()
    if request.method == "POST":
        try:
            found = scanning.take(runtime, browser)
            return _enter(runtime, runtime.sign_in.by_wechat(found.staff_id, desk.where()))
        except (NotFound, SignInNeeded) as error:
            return _page("sign_in/password.html", error, login="")
    limits.spend("console_sign_in")
    try:
        shown = scanning.begin(runtime, Purpose.SIGN_IN, browser)
    except Unavailable as error:
        return _page("sign_in/password.html", error, login="")
    return desk.page_for_anyone("sign_in/scan.html", title="微信扫码登录", shown=shown)


def state(runtime: Runtime) -> Response:
    return scanning.watch(runtime, desk.csrf_of_browser())


def setup(runtime: Runtime, token: str) -> Response:
    staff = credentials.link_owner(token)
    if staff is None:
        raise NotFound("link_over", credentials.LINK_OVER)
    secret = session.setdefault("totp", second_factor.new_secret())
    error = None
    if request.method == "POST":
        try:
            return _set_up(runtime, token, secret)
        except InvalidInput as found:
            error = found
    picture = scanning.drawn(second_factor.uri(secret, staff.login))
    return _page("sign_in/setup.html", error, staff=staff, secret=secret, picture=picture)


def _set_up(runtime: Runtime, token: str, secret: str) -> Response:
    chosen = forms.secret("password")
    if chosen != forms.secret("again"):
        raise InvalidInput("password_again", "两次填的密码不一样，请再填一次。")
    codes = runtime.credentials.set_up(token, chosen, secret, forms.text("code", 16))
    session.clear()
    return desk.page_for_anyone("sign_in/codes.html", title="请抄下恢复码", codes=codes)


def _enter(runtime: Runtime, token: str) -> Response:
    """Nothing that this browser had before is taken along: the cookie is new, and so is every secret of its forms."""
    answer = desk.go(paths.own(session.get("next", "")) or desk.HOME)
    session.clear()
    secure = runtime.settings.base_url.startswith("https://")
    answer.set_cookie(desk.COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    return answer


def _page(template: str, error: HouseError | None = None, **context: object) -> Response:
    status = 200 if error is None else problems.status_of(error)
    answer = desk.page_for_anyone(
        template, status, title="登录工作台", error=error.sentence if error else "", **context
    )
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
