"""The authorisation page of web pages inside WeChat: who opens it is chosen, then it leads back with a code (§8)."""

import re
from html import escape
from string import Template
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from simulator.accounts import Account
from simulator.platform import Platform
from simulator.state.oauth import BASE, USERINFO, new_code, way_back

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_STATE = re.compile(r"[A-Za-z0-9]*")
STATE_BYTES = 128

_PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>
:root { color-scheme: light dark }
body { max-width: 26rem; margin: 0 auto; padding: 2.5rem 1rem; font: 17px/1.6 system-ui, sans-serif }
h1 { font-size: 1.3rem } ul { list-style: none; padding: 0 } li { margin: .6rem 0 }
a { display: block; padding: .8rem 1rem; border: 1px solid GrayText; border-radius: .6rem; color: inherit;
text-decoration: none } a:hover, a:focus-visible { outline: 3px solid #07c160; outline-offset: 1px }
</style></head><body><h1>$title</h1><p>$about</p><ul>$choices</ul></body></html>
""")


class NoEntry(Exception):
    """The page cannot be shown; the number is the one real pages show."""

    def __init__(self, sentence: str, number: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.number = number


async def authorize(platform: Platform, request: web.Request) -> web.StreamResponse:
    """With `person` (and `snapshot=1`) it leads back at once, for tests."""
    try:
        account, redirect_uri, scope = _asked(platform, request)
        if not {"person", "snapshot"} & request.query.keys():
            return _choice(platform, request, account, scope)
        return _back(platform, request, account, redirect_uri, scope)
    except NoEntry as refused:
        return _html("打不开这个页面", f"{refused.sentence}（错误码 {refused.number}）", "", status=400)


def _asked(platform: Platform, request: web.Request) -> tuple[Account, str, str]:
    query = request.query
    for name, number in (("appid", 10012), ("redirect_uri", 10011), ("scope", 10010)):
        if not query.get(name):
            raise NoEntry(f"缺少 {name} 参数", number)
    account = platform.accounts.get(query["appid"])
    if account is None or not account.official or query.get("response_type") != "code":
        raise NoEntry("appid 或 response_type 参数错误", 10012)
    if query["scope"] not in {BASE, USERINFO} or not account.certified:
        raise NoEntry("scope 参数错误或没有 scope 权限", 10005)
    state = query.get("state", "")
    if not _STATE.fullmatch(state) or len(state) > STATE_BYTES:
        raise NoEntry("state 只能是字母和数字，最多 128 个", 10013)
    return account, _checked(account, query["redirect_uri"]), query["scope"]


def _checked(account: Account, redirect_uri: str) -> str:
    """The host must be the configured one exactly: a domain below it is another."""
    try:
        parts = urlsplit(redirect_uri)
        domain = account.oauth_domain
        fits = parts.scheme in {"http", "https"} and parts.netloc and domain in {"", parts.netloc, parts.hostname}
    except ValueError:
        fits = False
    if not fits or not redirect_uri.isprintable():
        raise NoEntry("redirect_uri 参数错误", 10003)
    return redirect_uri


def _choice(platform: Platform, request: web.Request, account: Account, scope: str) -> web.Response:
    people = [(person.nickname, {"person": person.id}) for person in platform.world.people.values()]
    everybody = [*people, ("快照页用户（没有真实身份）", {"snapshot": "1"})]
    rows = "".join(f"<li>{_link(request, name, added)}</li>" for name, added in everybody)
    asks = "将得到你的昵称、头像。" if scope == USERINFO else "只得到你的 openid，真实的微信不显示这一页。"
    return _html("以谁的身份打开", f"「{account.name}」的网页申请登录，{asks}", rows)


def _link(request: web.Request, name: str, added: dict[str, str]) -> str:
    query = urlencode([*request.query.items(), *added.items()])
    return f'<a href="{escape(f"{request.path}?{query}")}">{escape(name)}</a>'


def _back(platform: Platform, request: web.Request, account: Account, redirect_uri: str, scope: str) -> web.Response:
    pid = "" if request.query.get("snapshot") == "1" else request.query.get("person", "")
    if pid not in platform.world.people and request.query.get("snapshot") != "1":
        raise NoEntry("没有这个人", 10006)
    code = new_code(platform.world.desks[account.app_id], pid, scope, platform.now())
    platform.world.changed()
    added = {"code": code, "state": request.query.get("state", "")}
    return web.Response(status=302, headers={**HEADERS, "Location": way_back(redirect_uri, added)})


def _html(title: str, about: str, choices: str, status: int = 200) -> web.Response:
    """`choices` is HTML already."""
    text = _PAGE.substitute(title=escape(title), about=escape(about), choices=choices)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
