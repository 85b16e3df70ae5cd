"""What a request may bring along: JSON of a moderate size, fields that are known, characters that can be kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.runtime import Runtime
from tests.conftest import make_settings
from tests.served import opened, prepare
from tests.small_api import PATH, Small, small_app

STREET = {"code": "77", "name": "慢城街道"}


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def app(runtime: Runtime, small: Small) -> Flask:
    """On each engine."""
    return small_app(runtime, small)


@pytest.fixture
def client(tmp_path: Path, small: Small) -> Iterator[FlaskClient]:
    with opened(prepare(make_settings(tmp_path))) as house:
        yield small_app(house.runtime, small).test_client()


def _problem(client: FlaskClient, status: int, **request: Any) -> dict[str, Any]:
    answer = client.post(PATH, **request)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.get_json(force=True)
    assert any("一" <= character <= "鿿" for character in problem["detail"])
    return problem


def _raw(text: str | bytes) -> dict[str, Any]:
    return {"data": text, "content_type": "application/json"}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""],
)
def test_a_body_that_is_not_json_is_refused_with_415(client: FlaskClient, small: Small, kind: str) -> None:
    assert "JSON" in _problem(client, 415, data=json.dumps(STREET), content_type=kind)["detail"]
    assert small.worked == []


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "{'code': 1}",
        "\xff",
        "[" * 60_000,
        '{"code": NaN}',
        '{"height": Infinity}',
        '\ufeff{"code": "1"}',
        "9" * 5000,
    ],
    ids=["open", "empty", "quotes", "latin", "deep", "nan", "infinity", "mark", "digits"],
)
def test_what_is_no_json_is_refused_with_a_sentence(client: FlaskClient, small: Small, text: str) -> None:
    problem = _problem(client, 422, **_raw(text.encode("latin-1") if text == "\xff" else text))
    assert problem["code"] == ("json_invalid" if text else "invalid_input")
    assert small.worked == []


@pytest.mark.parametrize("body", [[], [STREET], "text", json.dumps(STREET), 1, True, None])
def test_a_body_is_an_object(client: FlaskClient, small: Small, body: object) -> None:
    assert "JSON 对象" in _problem(client, 422, **_raw(json.dumps(body)))["detail"]
    assert small.worked == []


def test_a_body_above_64_kilobytes_is_refused_and_one_below_is_not(client: FlaskClient) -> None:
    frame = len(json.dumps({"code": "77", "name": ""}))
    _problem(client, 413, **_raw(json.dumps({"code": "77", "name": "x" * (64 * 1024 - frame + 1)})))
    answer = client.post(PATH, **_raw(json.dumps({"code": "77", "name": "x"}) + " " * 60_000))
    assert answer.status_code == 201


def test_an_unknown_field_is_refused_by_name(client: FlaskClient, small: Small) -> None:
    problem = _problem(client, 422, json={**STREET, "nmae": "x"})
    assert problem["errors"] == [{"field": "nmae", "message": "没有这一项，请去掉。"}]
    assert small.worked == []


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"code": "77"}, "name", "必须填写。"),
        ({**STREET, "name": 1}, "name", "要写文字。"),
        ({**STREET, "code": ""}, "code", "至少 1 个字。"),
        ({**STREET, "code": "x" * 33}, "code", "最多 32 个字。"),
        ({**STREET, "level": "planet"}, "level", "只能是 'street' 或 'community'。"),
        ({**STREET, "tags": "x"}, "tags", "要写一个列表。"),
        ({**STREET, "tags": ["1", "2", "3", "4"]}, "tags", "最多 3 项。"),
        ({**STREET, "tags": [{}]}, "tags.0", "要写文字。"),
        ({**STREET, "height": "tall"}, "height", "要写一个数。"),
    ],
)
def test_each_field_that_is_wrong_is_told_in_a_sentence(
    client: FlaskClient, body: dict[str, object], field: str, message: str
) -> None:
    assert _problem(client, 422, json=body)["errors"] == [{"field": field, "message": message}]


@pytest.mark.parametrize(
    "text",
    ["a\\u0000b", "\\ud83d", "\\udc00\\ud83d"],
    ids=["zero", "half", "two halves"],
)
@pytest.mark.parametrize("where", ['{"code": "77", "name": "%s"}', '{"code": "77", "name": "a", "tags": ["%s"]}'])
def test_characters_that_cannot_be_kept_are_refused_on_every_engine(
    app: Flask, small: Small, where: str, text: str
) -> None:
    problem = _problem(app.test_client(), 422, **_raw(where % text))
    [fault] = problem["errors"]
    assert (fault["field"] in ("name", "tags.0"), fault["message"]) == (True, "有不能保存的字符，请删掉后再试。")
    assert small.worked == []


@pytest.mark.parametrize("text", ['{"a\\u0000b": 1}', '{"\\ud83d": {"b": 1}}'])
def test_a_name_that_cannot_be_kept_is_refused(client: FlaskClient, text: str) -> None:
    faults = _problem(client, 422, **_raw(text))["errors"]
    assert {"field": "", "message": "有不能保存的字符，请删掉后再试。"} in faults


@pytest.mark.parametrize("number", ["1e999", "-1e999", str(2**53), str(-(2**80))])
def test_a_number_that_nobody_can_keep_is_refused(client: FlaskClient, number: str) -> None:
    [fault] = _problem(client, 422, **_raw(f'{{"code": "77", "name": "a", "height": {number}}}'))["errors"]
    assert fault == {"field": "height", "message": "这个数太大了。"}


def test_a_whole_character_beyond_the_plane_is_kept_on_every_engine(app: Flask) -> None:
    answer = app.test_client().post(PATH, **_raw('{"code": "77", "name": "\\ud83c\\udfee 街道 \\\\u0000"}'))
    assert (answer.status_code, answer.get_json()["name"]) == (201, "🏮 街道 \\u0000")


@pytest.mark.parametrize(("method", "path", "status"), [("TRACE", PATH, 405), ("POST", f"{PATH}/no/such", 404)])
def test_where_nothing_is_taken_the_body_does_not_matter(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    assert client.open(path, method=method, data="x", content_type="text/plain").status_code == status


def test_a_write_without_any_body_needs_no_content_type(client: FlaskClient) -> None:
    assert client.delete(f"{PATH}/77").status_code == 204


def test_an_endpoint_for_photos_takes_a_form_larger_than_that(client: FlaskClient, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"x" * 100_000)
    with photo.open("rb") as opened_photo:
        data = {"title": "路灯", "photo": opened_photo}
        assert client.post(f"{PATH}/with/photo", data=data).status_code == 201
