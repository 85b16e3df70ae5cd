"""What every endpoint of the API owes: examples, the header of writes and its keeping, bodies that refuse slips."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from flask import Flask, Response
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import miniprogram_api
from backend.web import writes
from miniprogram_api.schemas import Asked
from tests.small_api import Small, blueprint

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app() -> Flask:
    """The small API is looked at as well: it has writes, whatever else there is."""
    made = miniprogram_api.application("同心")
    miniprogram_api.register(made, (*miniprogram_api.ENDPOINTS, blueprint(Small())))
    return made


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.api_doc  # type: ignore[attr-defined]
    return found


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", method.upper(), operation


def _writing_views(app: Flask) -> Iterator[Any]:
    """Of the nouns and of the small API."""
    nouns = {api.name for api in miniprogram_api.ENDPOINTS} | {"small"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in nouns and (rule.methods or set()) & WRITES:
            yield inspect.unwrap(app.view_functions[rule.endpoint])


def test_the_document_is_valid(described: dict[str, Any]) -> None:
    validate(described)


def test_every_answer_and_every_body_has_an_example_that_fits(described: dict[str, Any]) -> None:
    wrong, seen = [], 0
    for name, _, operation in _operations(described):
        parts = [part for status, part in operation["responses"].items() if status.startswith("2")]
        for part in [*parts, operation.get("requestBody", {})]:
            content = part.get("content", {}).get("application/json")
            if content is None:
                continue
            seen += 1
            schema = {**content["schema"], "components": described["components"]}
            if "example" not in content or not Draft202012Validator(schema).is_valid(content["example"]):
                wrong.append(name)
    assert seen > 4
    assert wrong == [], "give each field Field(examples=[…]) in a shape of miniprogram_api/schemas.py"


def test_nothing_is_asked_by_a_method_that_a_mini_program_has_not(described: dict[str, Any]) -> None:
    """https://developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html: there is no PATCH."""
    assert [name for name, method, _ in _operations(described) if method == "PATCH"] == []


def test_every_operation_says_in_chinese_what_it_is_for(described: dict[str, Any]) -> None:
    ours = [(name, each) for name, _, each in _operations(described) if "/small" not in name]
    assert ours
    assert [name for name, each in ours if not each.get("summary") or each["summary"].isascii()] == []


def test_every_operation_tells_its_problems_as_they_are_answered(described: dict[str, Any]) -> None:
    for name, method, operation in _operations(described):
        problems = {status: part for status, part in operation["responses"].items() if status >= "400"}
        kinds = {kind for part in problems.values() for kind in part["content"]}
        assert kinds == {"application/problem+json"}, name
        assert {"422", "429", "503"} | ({"413", "415"} if method in WRITES else set()) <= set(problems), name


def test_every_write_takes_the_header_and_no_read_does(described: dict[str, Any]) -> None:
    for name, method, operation in _operations(described):
        headers = [each["name"] for each in operation.get("parameters", []) if each["in"] == "header"]
        assert headers.count(writes.HEADER) == (method in WRITES), name


def test_every_list_need_not_be_sent_again(described: dict[str, Any]) -> None:
    """A phone asks for the same list again and again: `conditional` spares it the answer."""
    lists = [each for each in _operations(described) if each[1] == "GET" and _answers_with_items(described, each[2])]
    assert len(lists) >= 8
    assert [name for name, _, operation in lists if "304" not in operation["responses"]] == []


def _answers_with_items(described: dict[str, Any], operation: dict[str, Any]) -> bool:
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return "items" in described["components"]["schemas"].get(name, {}).get("properties", {})


def _calls_once(view: Any) -> bool:
    """Itself, or a function of its file that it names."""
    module = inspect.getmodule(view)
    sources = [inspect.getsource(view)]
    for node in ast.walk(ast.parse(textwrap.dedent(sources[0]))):
        found = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
        if inspect.isfunction(found) and found.__module__ == view.__module__:
            sources.append(inspect.getsource(found))
    return any(re.search(r"\b(once|keep)\(", source) for source in sources)


def test_every_write_keeps_its_first_answer(app: Flask) -> None:
    views = list(_writing_views(app))
    assert len(views) >= 3
    careless = [f"{view.__module__}.{view.__name__}" for view in views if not _calls_once(view)]
    assert careless == [], "do the work in backend.web.writes.once, or keep its answer"


def test_every_body_refuses_what_it_does_not_know(app: Flask) -> None:
    bodies = [hint for view in _writing_views(app) if (hint := get_type_hints(view).get("body"))]
    assert bodies
    assert [body.__name__ for body in bodies if not issubclass(body, Asked)] == []


def test_a_write_that_keeps_nothing_would_be_found() -> None:
    def careless() -> None:
        """Writes without writes.once."""

    assert not _calls_once(careless)
    assert _calls_once(_careful)


def _careful() -> Response:
    return _done()


def _done() -> Response:
    return writes.once("m:1", Response)
