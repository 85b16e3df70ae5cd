"""A small API beside the real one, for what all endpoints share: it writes places down, and forgets one again."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from flask import Flask, Response, g, json, request
from flask_openapi3 import APIBlueprint, FileStorage
from pydantic import BaseModel, Field

import miniprogram_api
from backend import clock
from backend.errors import InvalidInput, NotFound
from backend.runtime import Runtime
from backend.web import access, limits, problems, requests, writes
from miniprogram_api.schemas import Answer, Asked, Word
from models.places import Place, PlaceLevel

PATH = "/api/v1/small"


class PlaceAsked(Asked):
    code: Word = Field(min_length=1, max_length=32, examples=["77"])
    name: str = Field(max_length=60_000, examples=["慢城街道"])
    level: Literal["street", "community"] = Field("street", examples=["street"])
    tags: list[str] = Field([], max_length=3, examples=[["新"]])
    height: float | None = None


class PlaceWritten(Answer):
    code: str = Field(examples=["77"])
    name: str = Field(examples=["慢城街道"])


class PlacePath(Answer):
    code: Word = Field(max_length=32, examples=["77"])


class PhotoForm(BaseModel):
    title: str
    photo: FileStorage


@dataclass
class Small:
    """What the tests turn and look at."""

    visitor: str = "m:1"
    worked: list[str] = field(default_factory=list)
    slow: float = 0.0
    status: int = 201


def blueprint(small: Small) -> APIBlueprint:
    api = APIBlueprint("small", __name__, url_prefix=PATH)
    _reads(api)
    _writes(api, small)
    return api


def _reads(api: APIBlueprint) -> None:
    @api.get("/with/limit", responses={204: None})
    def limited() -> Response:
        limits.spend("sign_in")
        return Response(status=204)

    @api.get("/with/fault", responses={204: None})
    def broken() -> Response:
        raise RuntimeError("broken")


def _put(body: PlaceAsked) -> None:
    if Place.get_or_none(Place.code == body.code):
        raise InvalidInput("place_taken", "这个编码已经用了。")
    Place.create(code=body.code, name=body.name[:8], level=PlaceLevel.STREET, changed_at=clock.now())


def _writes(api: APIBlueprint, small: Small) -> None:
    @api.post("", responses={201: PlaceWritten})
    def write(body: PlaceAsked) -> Response:
        def work() -> Response:
            small.worked.append(body.code)
            time.sleep(small.slow)
            _put(body)
            if body.name == "没有":
                raise NotFound("place_unknown", "没有这个地方。")
            text = json.dumps({"code": body.code, "name": body.name})
            headers = {"Location": f"{PATH}/{quote(body.code)}", "ETag": '"1"', "X-Other": "1"}
            return Response(text, small.status, headers, content_type="application/json")

        return writes.kept(small.visitor) or writes.once(small.visitor, work)

    @api.delete("/<code>", responses={204: None})
    def forget(path: PlacePath) -> Response:
        def work() -> Response:
            small.worked.append(path.code)
            Place.delete().where(
                Place.code == path.code, Place.level == PlaceLevel.STREET, Place.parent.is_null()
            ).execute()
            return Response(status=204)

        return writes.once(small.visitor, work)

    @api.post("/with/photo", responses={201: PlaceWritten})
    def photo(form: PhotoForm) -> Response:
        def work() -> Response:
            small.worked.append(f"{form.title} {len(form.photo.read())}")
            return Response('{"code": "77", "name": "照片"}', 201, content_type="application/json")

        return writes.once(small.visitor, work)


def small_app(
    runtime: Runtime, small: Small, table: Iterable[limits.Limit] = limits.TABLE, more: Sequence[APIBlueprint] = ()
) -> Flask:
    """Put together as wsgi.py puts the real one together."""
    app = miniprogram_api.application("小接口")
    access.attach(app, runtime)
    limits.attach(app, runtime, table)
    problems.register(app)
    requests.register(app, {})
    app.before_request(lambda: _know(request.headers.get("X-Person", "")))
    miniprogram_api.register(app, (blueprint(small), *more))
    return app


def _know(person: str) -> None:
    """What sign-in will do."""
    g.visitor = person
