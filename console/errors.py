"""What went wrong, as a page for people: the sentence of the error, and where to go from there."""

from flask import Response, g, make_response, request
from werkzeug.exceptions import HTTPException

from backend.errors import HouseError, SignInNeeded, TooMany
from backend.web import problems
from backend.web.requests import request_id
from console import desk, rendering
from console.desk import Desk

TITLES = {403: "没有权限", 404: "没有找到", 409: "现在不能这样做", 422: "填得不对", 429: "太频繁了"}


def answer(error: HouseError) -> Response:
    if isinstance(error, SignInNeeded):
        return to_sign_in()
    found = _page(problems.status_of(error), error.sentence, [each.message for each in error.errors])
    if isinstance(error, TooMany):
        found.headers["Retry-After"] = str(error.retry_after)
    return found


def http(error: HTTPException) -> Response:
    status = error.code or 500
    found = _page(status, problems.sentence_of(status), [])
    if status == 405:
        found.headers.extend(error.get_headers())
        found.content_type = "text/html; charset=utf-8"
    return found


def lost(status: int) -> Response:
    """For what is nobody's fault here: the database is away, or a mistake of ours."""
    return _page(status, problems.sentence_of(status), [])


def to_sign_in() -> Response:
    """And back to where she wanted to go, when that was a page."""
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return desk.go(f"{desk.SIGN_IN}?next={_quoted(here)}" if here else desk.SIGN_IN)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("&", "%26").replace("#", "%23").replace("+", "%2B")


def _page(status: int, sentence: str, details: list[str]) -> Response:
    more = "".join(each for each in details if each != sentence)
    if request.headers.get("HX-Request"):
        return make_response(rendering.render("message.html", kind="bad", words=sentence + more), status)
    told = {"title": TITLES.get(status, "没有办成"), "sentence": sentence + more, "number": request_id()}
    here: Desk | None = g.get("desk")
    if here is not None:  # with the menu in which she finds where else to go
        return here.page("error.html", status, frame="base.html", **told)
    return make_response(rendering.render("error.html", frame="bare.html", messages=(), csrf="", **told), status)
