"""Completes the OpenAPI document with what all endpoints share, so that no endpoint has to repeat it.

The problems as they are answered, the header of writes, and whole examples put together from those of the fields.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from backend.web import problems, writes

Document = dict[str, Any]

WRITES = frozenset({"post", "put", "patch", "delete"})
_JSON, _PROBLEM = "application/json", "application/problem+json"
_REF = "#/components/schemas/"

_KEY = {
    "name": writes.HEADER,
    "in": "header",
    "required": False,
    "description": "这次操作的编号，自己生成（例如 UUID）。用同一个编号重发，得到第一次的回答，不会做两遍。",
    "schema": {"type": "string", "pattern": writes.PATTERN, "minLength": 1, "maxLength": 128},
    "example": "9b2f6c1e-8d0a-4a53-9c1b-0f6e2d7a4c55",
}
_ALWAYS = {"422": "填得不对", "429": "太频繁了", "503": "系统正忙"}
_OF_WRITES = {"413": "内容太大了", "415": "内容不是 JSON"}
_SAID = {"400": "请求的格式不对", "401": "还没有登录", "403": "没有权限", "404": "没有找到", "409": "和现在的情况不符"}


def complete(document: Document) -> None:
    for method, operation in operations(document):
        _describe_problems(method, operation)
        if method in WRITES:
            _describe_key(operation)
            _illustrate(operation.get("requestBody", {}), document)
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response["description"] = "成功"
                _illustrate(response, document)


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for item in document["paths"].values():
        yield from item.items()


def example(schema: Document, document: Document) -> Any:
    """A whole example from those of the parts. Raises LookupError where a part has none."""
    if "$ref" in schema:
        return example(document["components"]["schemas"][schema["$ref"].removeprefix(_REF)], document)
    for word in ("example", "const", "default"):
        if word in schema:
            return schema[word]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: example(part, document) for name, part in schema["properties"].items()}
    if "items" in schema:
        return [example(schema["items"], document)]
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if not choices:
        raise LookupError(f"no example for {schema.get('title', schema)}")
    return example(choices[0], document)


def _describe_problems(method: str, operation: Document) -> None:
    responses = operation["responses"]
    common = _ALWAYS | (_OF_WRITES if method in WRITES else {})
    common |= {"401": _SAID["401"]} if operation.get("security") else {}
    for status in sorted({*responses, *common}):
        if status >= "400":
            responses[status] = _problem(int(status), common.get(status) or _SAID.get(status, "没有办成"))


def _problem(status: int, said: str) -> Document:
    content: Document = {"schema": {"$ref": f"{_REF}Problem"}}
    if status != 422:  # for which the shape itself has one, with a field that is wrong
        code = HTTPStatus(status).name.lower()
        told = {"type": "about:blank", "title": code, "status": status, "code": code, "errors": []}
        content["example"] = told | {"detail": problems.SENTENCES.get(status, f"{said}。")}
    return {"description": said, "content": {_PROBLEM: content}}


def _describe_key(operation: Document) -> None:
    operation["parameters"] = [*operation.get("parameters", []), _KEY]


def _illustrate(part: Document, document: Document) -> None:
    """Where a part has no example there is none of the whole, and tests/house says so."""
    content = part.get("content", {}).get(_JSON)
    if content is None or "example" in content:
        return
    try:
        content["example"] = example(content["schema"], document)
    except LookupError:
        content.pop("example", None)
