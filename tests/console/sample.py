"""A console of the tests' own: pages made of every macro, served under the policy of the real one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from backend import clock
from backend.errors import FieldError
from console import assets, rendering

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TEMPLATES = Path(__file__).parent / "templates"
NAME = "王秀英"
PAGES = {
    "list": "成员",
    "form": "改地方",
    "detail": "王秀英",
    "work": "导入邀请",
    "empty": "搜索",
    "sign": "登录",
    "sorry": "没有找到",
}
"""The sample pages, with their headings."""


@dataclass(frozen=True)
class Person:
    name: str
    unit: str = "慢城街道 · 党群工作办公室"


@dataclass(frozen=True)
class Told:
    words: str
    kind: str = "good"
    undo: str = ""


@dataclass(frozen=True)
class Entry:
    title: str
    path: str
    icon: str
    key: str = ""
    here: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


NAVIGATION = (
    Group("", (Entry("今天等我的", "/console/", "checklist", "h"),)),
    Group(
        "居民",
        (
            Entry("成员", "/console/list", "users", "m", here=True),
            Entry("楼栋长", "/console/heads", "user-check", "l"),
            Entry("区划", "/console/form", "sitemap", "p"),
        ),
    ),
    Group("数据", (Entry("导入", "/console/work", "upload", "i"), Entry("导出", "/console/exports", "download", "e"))),
    Group(
        "管理", (Entry("审计", "/console/audit", "history", "a"), Entry("系统状况", "/console/health", "activity", "s"))
    ),
)


@dataclass
class Desk:
    actor: Person
    csrf: str = "the-token"
    messages: list[Told] = field(default_factory=list)


@dataclass
class Sample:
    """What the tests turn and look at. `name` is the text that somebody hostile may have written."""

    name: str = NAME
    messages: list[Told] = field(default_factory=list)
    streams: bool = True
    done: int = 0
    heard: list[dict[str, str]] = field(default_factory=list)


Show = Callable[..., Response]
"""Makes a page of a template."""


def application(sample: Sample) -> Flask:
    app = Flask(__name__, static_folder=None)

    def page(template: str, status: int = 200, **context: object) -> Response:
        text = environment().get_template(template).render(**_given(sample), **context)
        return Response(text, status, content_type="text/html; charset=utf-8")

    app.add_url_rule("/console/static/<path:name>", "static", assets.send)
    _pages(app, page)
    _answers(app, sample, page)
    app.after_request(_policy)
    return app


def environment() -> Environment:
    return rendering.environment().overlay(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(rendering.TEMPLATES)])
    )


def _given(sample: Sample) -> dict[str, object]:
    """What desk.page gives to every page, and some moments and words of the sample's own."""
    unit = Person.unit if sample.name == NAME else sample.name
    desk = Desk(Person(sample.name, unit), messages=sample.messages)
    now = clock.now()
    return {
        "desk": desk,
        "navigation": NAVIGATION,
        "csrf": desk.csrf,
        "messages": sample.messages,
        "name": sample.name,
        "now": now,
        "earlier": now - timedelta(hours=3),
        "given": request.args,
    }


def _pages(app: Flask, page: Show) -> None:
    for name, title in PAGES.items():
        app.add_url_rule(f"/console/{name}", name, lambda name=name, title=title: page(f"{name}.html", title=title))
    app.add_url_rule("/console/list/<int:number>", "one", lambda number: page("detail.html", title=f"第 {number} 位"))
    app.add_url_rule("/console/search", "search", lambda: page("empty.html", title="搜索"))
    app.add_url_rule(
        "/console/refused",
        "refused",
        lambda: page("form.html", 422, title="改地方", errors=[FieldError("name", "请写名称。")]),
    )


def _answers(app: Flask, sample: Sample, page: Show) -> None:
    @app.post("/console/act")
    def act() -> Response:
        sample.heard.append({"csrf": request.headers.get("X-CSRF", ""), **request.form})
        return page("message.html", 422, kind="bad", words=f"不行：{sample.name}")

    @app.get("/console/work/events")
    def events() -> Response:
        sample.done += 1
        finished = sample.done >= 3
        told = {"done": sample.done, "total": 3, "words": f"已处理 {sample.done} 行", "finished": finished}
        told["href"] = "/console/list" if finished else ""
        if "text/html" in request.headers.get("Accept", ""):
            return page("moved.html", **told)
        if not sample.streams:
            return Response("busy", 503)
        return Response(f"retry: 50\ndata: {json.dumps(told)}\n\n", content_type="text/event-stream")


def _policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
