"""The document of the API, and a page that shows it. Nothing is loaded from another host."""

import base64
import hashlib
from pathlib import Path

import flask_openapi3_swagger
from flask import Blueprint, Response, current_app, json, send_from_directory

from miniprogram_api.manners import PREFIX

DOCUMENT, PAGE = f"{PREFIX}/openapi.json", f"{PREFIX}/docs"

GENERAL = """\
小程序与公开接口。内容都是 JSON，文字是 UTF-8。

**登录。** 标有锁的接口要带 `Authorization: Bearer 令牌`；没有标的，谁都可以用。令牌过期或无效时回答 401。

**出错。** 回答真实的状态码和 `application/problem+json`：`detail` 是一句可以直接给人看的话；\
`code` 给程序看，不会变；`errors` 说明哪一项不对、为什么。不认识的项会被拒绝，不会悄悄忽略。

**一页一页地取。** 列表带 `limit`（一页多少条）和 `cursor`，回答 `items` 和 `next_cursor`；\
把 `next_cursor` 写进下一次的 `cursor`，它是 null 时就没有了。

**不会做两遍。** 写的接口（POST、PUT、PATCH、DELETE）都可以带 `Idempotency-Key`：自己生成的编号，\
1 到 128 个可见的英文字符。没有收到回答时，用同一个编号原样重发，得到第一次的回答，保留 24 小时。\
同一个编号不能用在别的内容上（422）。出错的请求不算数，改好以后可以用原来的编号再发。

**次数。** 每人每分钟可以读 300 次、写 60 次；没有登录时，每个网络地址每分钟 3000 次，\
其中登录 300 次。有的接口另有限制。\
超过时回答 429，`Retry-After` 是要等的秒数。写的内容最多 64 KB。

**时间和位置。** 时间是带时区的 ISO 8601，例如 `2026-11-22T09:00:00+08:00`。\
坐标是 WGS84；微信 `wx.getLocation` 默认就是它。
"""

_FILES = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
# Without validatorUrl the page would ask a server of its makers to judge the document.
_SCRIPT = f"""
SwaggerUIBundle({{
  url: "{DOCUMENT}",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  validatorUrl: null,
}});
"""
_HTML = f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口文档</title>
<link rel="icon" href="{PAGE}/images/swagger.svg">
<link rel="stylesheet" href="{PAGE}/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{PAGE}/js/swagger-ui-bundle.js"></script>
<script>{_SCRIPT}</script>
</body>
</html>
"""
_OUR_SCRIPT = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; script-src 'self' 'sha256-{_OUR_SCRIPT}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

pages = Blueprint("docs", __name__)


@pages.get(DOCUMENT)
def document() -> Response:
    return Response(json.dumps(current_app.api_doc), content_type="application/json")  # type: ignore[attr-defined]


@pages.get(PAGE)
def page() -> Response:
    return Response(_HTML, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})


@pages.get(f"{PAGE}/<path:name>")
def file(name: str) -> Response:
    return send_from_directory(_FILES, name, max_age=86400)
