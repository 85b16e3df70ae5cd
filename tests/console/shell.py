"""A console of the tests' own: pages made of every macro, under the policy of the real one, in a real browser."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, redirect, request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from playwright.sync_api import Browser, Page

from backend import clock
from backend.errors import FieldError
from backend.runtime import Runtime
from console import assets, manners, navigation, rendering
from console.desk import Message
from tests.served import listening
from tests.simulated import free_port

TEMPLATES = Path(__file__).parent / "templates"
NAME = "王秀英"
PAGES = {
    "list": "成员",
    "form": "改地方",
    "refused": "改地方",
    "detail": "王秀英",
    "work": "导入邀请",
    "empty": "搜索",
    "sign": "登录",
    "sorry": "没有找到",
}
"""The sample pages, with their headings."""

MESSAGES = (
    Message("已保存。", "good", "/console/act"),
    Message("有 3 行没有导入。", "bad"),
    Message("今晚维护。", "info"),
)


@dataclass
class Sample:
    """What the tests turn and look at. `name` is the text that somebody hostile may have written."""

    name: str = NAME
    messages: tuple[Message, ...] = ()
    streams: bool = True
    total: int = 3
    done: int = 0
    heard: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Person:
    name: str
    unit: str


@dataclass(frozen=True)
class Desk:
    """What templates see of a desk."""

    actor: Person
    messages: tuple[Message, ...]
    csrf: str = "the-token"


@cache
def environment() -> Environment:
    return rendering.environment().overlay(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(rendering.TEMPLATES)])
    )


def given(sample: Sample) -> dict[str, Any]:
    """What desk.page gives to every page, and some moments and words of the sample's own."""
    desk = Desk(Person(sample.name, sample.name), sample.messages)
    now = clock.now()
    groups = [navigation.Group(group.title, tuple(map(_here, group.entries))) for group in navigation.MENU]
    told = {"desk": desk, "navigation": groups, "csrf": desk.csrf, "messages": sample.messages}
    return {**told, "name": sample.name, "earlier": now - timedelta(hours=3), "given": {"q": sample.name}}


def _here(entry: navigation.Entry) -> navigation.Entry:
    return replace(entry, here=entry.path == "/console/members")


Show = Callable[..., Response]
"""Makes a page of a template."""


def application(sample: Sample) -> Flask:
    app = Flask(__name__, static_folder=None)

    def page(template: str, status: int = 200, **context: object) -> Response:
        text = environment().get_template(template).render(**given(sample), **context)
        return Response(text, status, content_type="text/html; charset=utf-8")

    app.add_url_rule(f"{assets.PREFIX}/<path:name>", "static", lambda name: assets.send(NO_RUNTIME, name))
    _pages(app, page)
    _answers(app, sample, page)
    app.after_request(manners.finish)
    return app


NO_RUNTIME: Runtime = None  # type: ignore[assignment]
"""Files are sent without asking anything."""


def _pages(app: Flask, page: Show) -> None:
    @app.get("/console/<name>")
    def one(name: str) -> Response:
        if name == "refused":
            return page("form.html", 422, title=PAGES[name], errors=[FieldError("name", "请写名称。")])
        return page(f"{name}.html", title=PAGES[name]) if name in PAGES else page("empty.html", title=name)

    app.add_url_rule("/console/list/<int:number>", "row", lambda number: page("detail.html", title=f"第 {number} 位"))
    app.add_url_rule("/console/", "home", lambda: page("empty.html", title="今天等我的"))


def _answers(app: Flask, sample: Sample, page: Show) -> None:
    @app.post("/console/act")
    def act() -> Response:
        sample.heard.append({"header": request.headers.get("X-CSRF", ""), **request.form})
        return page("message.html", 422, kind="bad", words=f"不行：{sample.name}")

    @app.post("/console/wordless")
    def wordless() -> Response:
        return page("sorry.html", 500, title="没有办成")

    @app.post("/console/done")
    def done() -> Response:
        sample.heard.append(dict(request.form))
        return redirect("/console/list", 303)  # type: ignore[return-value]

    @app.get("/console/work/events")
    def events() -> Response:
        """One look at the work for each request, as a stream that then breaks, or as a line."""
        stream = "text/event-stream" in request.headers.get("Accept", "")
        if stream and not sample.streams:
            return Response("", 503)
        sample.done += 1
        finished = sample.done >= sample.total
        told = {"done": sample.done, "total": sample.total, "words": f"已处理 {sample.done} 行", "finished": finished}
        line = json.dumps({**told, "href": "/console/list" if finished else ""})
        return Response(f"retry: 50\ndata: {line}\n\n" if stream else line, content_type=_kind(stream))


def _kind(stream: bool) -> str:
    return "text/event-stream" if stream else "text/plain; charset=utf-8"


@contextmanager
def served(sample: Sample) -> Iterator[str]:
    """The address of the console."""
    port = free_port()
    with listening(application(sample), port):
        yield f"http://127.0.0.1:{port}/console"


@dataclass(frozen=True)
class View:
    """How somebody looks at it."""

    width: int = 1440
    height: int = 900
    dark: bool = False

    def __str__(self) -> str:
        return f"{self.width}-{'dark' if self.dark else 'light'}"


PHONE = View(375, 812)
VIEWS = (View(), View(dark=True), PHONE, replace(PHONE, dark=True))


@contextmanager
def looking(browser: Browser, view: View = View(), **more: Any) -> Iterator[Page]:
    """A page of somebody who comes for the first time. What breaks in its scripts, or against the policy, fails."""
    scheme = "dark" if view.dark else "light"
    size = {"width": view.width, "height": view.height}
    context = browser.new_context(viewport=size, color_scheme=scheme, **more)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert errors == []


def barriers(page: Page) -> list[str]:
    """What axe-core finds serious or critical: the rule, and the first element that breaks it."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in {"serious", "critical"}]


def too_wide(page: Page) -> str:
    """The elements that make the page scroll sideways, for whoever has to mend it."""
    found: str = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? "" : [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
            .map((each) => each.outerHTML.slice(0, 120)).join("\\n") || "the page" """
    )
    return found
