"""The page of an article, as readers see it: plain HTML that may run nothing and load nothing from elsewhere."""

from html import escape
from string import Template

from aiohttp import web

from simulator.clock import iso
from simulator.platform import Platform
from simulator.shapes import JsonObject, mapping, objects, string
from simulator.state.drafts import Draft, Published
from simulator.state.media import media_path

# Articles carry their style in attributes; everything else is shut.
POLICY = (
    "sandbox allow-popups; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

_PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; font: 17px/1.75 system-ui, sans-serif }
h1 { font-size: 1.4rem; line-height: 1.4; margin: 0 0 .75rem } .about { color: GrayText; font-size: .9rem }
img { max-width: 100%; height: auto } p, pre { overflow-wrap: anywhere }
</style></head><body><article><h1>$title</h1><p class="about">$about</p>$content</article>$source</body></html>
""")


async def page(platform: Platform, request: web.Request) -> web.StreamResponse:
    found = _found(platform, request.match_info["slug"])
    if found is None:
        return _html("此内容不存在", "", "<p>链接不对，或者文章还没有发布。</p>", status=404)
    account, article, at = found
    if article.get("is_deleted"):
        return _html("该内容已被发布者删除", account, "", status=404)
    about = " · ".join(filter(None, (string(article, "author"), account, iso(at)[:10])))
    source = string(article, "content_source_url")
    link = f'<p><a href="{escape(source)}" rel="noopener">阅读原文</a></p>' if source.startswith("http") else ""
    return _html(string(article, "title"), about, _pictures(article) + string(article, "content"), link)


def _found(platform: Platform, slug: str) -> tuple[str, JsonObject, float] | None:
    """The account's name, the article and its day; a draft is shown as its preview."""
    now = platform.now()
    for desk in platform.world.desks.values():
        kept_ones: list[Published | Draft] = [*desk.published.values(), *desk.drafts.values()]
        for kept in kept_ones:
            for article in kept.articles:
                if article.get("slug") == slug and kept.created_at <= now:
                    return platform.accounts[desk.app_id].name, article, kept.created_at
    return None


def _pictures(article: JsonObject) -> str:
    listed = objects(mapping(article, "image_info"), "image_list")
    addresses = (media_path(string(one, "image_media_id")) for one in listed)
    return "".join(f'<p><img src="{escape(address)}" alt=""></p>' for address in addresses)


def _html(title: str, about: str, content: str, source: str = "", status: int = 200) -> web.Response:
    """`content` was cleaned when it came in."""
    text = _PAGE.substitute(title=escape(title), about=escape(about), content=content, source=source)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
