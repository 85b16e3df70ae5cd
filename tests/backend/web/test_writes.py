"""A write under an Idempotency-Key happens once, and every repetition hears the first answer."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.runtime import Runtime
from backend.web import writes
from models.base import database
from models.places import Place
from models.receipts import Receipt
from tests.small_api import PATH, Small, small_app
from tests.threads import at_once

STREET = {"code": "99", "name": "慢城街道"}


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def app(runtime: Runtime, small: Small) -> Flask:
    """On each engine."""
    return small_app(runtime, small)


@pytest.fixture
def write(app: Flask) -> Callable[..., TestResponse]:
    return partial(_write, app)


def _write(app: Flask, key: str | None = "k-1", body: object = STREET, path: str = PATH) -> TestResponse:
    headers = {} if key is None else {writes.HEADER: key}
    return app.test_client().post(path, json=body, headers=headers)


def _count(table: type[Place] | type[Receipt]) -> int:
    with database.connection_context():
        return int(table.select().count())


def _said(answer: TestResponse) -> tuple[object, ...]:
    return (answer.status_code, answer.data, *(answer.headers.get(n) for n in ("Content-Type", "Location", "ETag")))


def test_a_repetition_gets_status_body_type_location_and_etag_of_the_first(write: Callable[..., TestResponse]) -> None:
    first, second = write(), write()
    assert _said(first) == _said(second)
    assert (first.status_code, first.headers["Location"], first.headers["ETag"]) == (201, f"{PATH}/99", '"1"')
    assert ("X-Other" in first.headers, "X-Other" in second.headers) == (True, False)
    assert (_count(Place), _count(Receipt)) == (1, 1)


def test_without_a_key_each_request_is_work_of_its_own(write: Callable[..., TestResponse], small: Small) -> None:
    assert write(None).status_code == 201
    assert write(None).get_json(force=True)["code"] == "place_taken"
    assert (small.worked, _count(Receipt)) == (["99", "99"], 0)


def test_of_eight_at_once_one_works_and_all_hear_its_answer(app: Flask, small: Small) -> None:
    small.slow = 0.05
    answers = at_once(*[partial(_write, app)] * 8)
    assert {_said(answer) for answer in answers} == {_said(answers[0])}
    assert (answers[0].status_code, len(small.worked), _count(Place)) == (201, 1, 1)


@pytest.mark.parametrize("order", [{"name": "慢城街道", "code": "99"}, {"name": "慢城街道", "code": "99", "tags": []}])
def test_the_order_of_a_body_does_not_matter_and_its_content_does(
    write: Callable[..., TestResponse], order: dict[str, str]
) -> None:
    write()
    assert write(body=order).status_code == (201 if order == STREET else 422)


@pytest.mark.parametrize(
    ("body", "path"), [({**STREET, "code": "98"}, PATH), (STREET, f"{PATH}?a=1")], ids=["body", "query"]
)
def test_a_key_that_was_used_for_something_else_is_refused(
    write: Callable[..., TestResponse], body: dict[str, str], path: str
) -> None:
    write()
    answer = write(body=body, path=path)
    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["code"]) == (422, "idempotency_key_reused")
    assert problem["detail"] == "这个 Idempotency-Key 已经用在另一个请求上了，请换一个。"
    assert _count(Place) == 1


def test_another_person_path_method_or_key_is_another_write(
    write: Callable[..., TestResponse], app: Flask, small: Small
) -> None:
    write()
    assert write("k-2", {**STREET, "code": "98"}).status_code == 201
    small.visitor = "m:2"
    assert write("k-1", {**STREET, "code": "97"}).status_code == 201
    assert app.test_client().delete(f"{PATH}/99", headers={writes.HEADER: "k-1"}).status_code == 204
    assert app.test_client().delete(f"{PATH}/98", headers={writes.HEADER: "k-1"}).status_code == 204
    assert (small.worked, _count(Receipt)) == (["99", "98", "97", "99", "98"], 5)


def test_an_answer_without_a_body_is_kept_too(app: Flask, small: Small) -> None:
    answers = [app.test_client().delete(f"{PATH}/99", headers={writes.HEADER: "k"}) for _ in range(2)]
    assert ([answer.status_code for answer in answers], small.worked) == ([204, 204], ["99"])


@pytest.mark.parametrize("key", ["", " ", "a b", "钥匙", "é", "k" * 129, "a\tb"])
def test_a_key_of_a_bad_form_is_refused_before_anything_is_done(
    write: Callable[..., TestResponse], small: Small, key: str
) -> None:
    answer = write(key.encode().decode("latin-1"))
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (422, "idempotency_key_invalid")
    assert small.worked == []


@pytest.mark.parametrize("key", ["k", "k" * 128, "!~\"'{}"])
def test_any_visible_ascii_is_a_key(write: Callable[..., TestResponse], key: str) -> None:
    assert [write(key).status_code for _ in range(2)] == [201, 201]


def test_a_refusal_undoes_the_work_and_the_mended_request_may_have_the_same_key(
    write: Callable[..., TestResponse],
) -> None:
    assert write(body={**STREET, "name": "没有"}).status_code == 404
    assert (_count(Place), _count(Receipt)) == (0, 0)
    assert write().status_code == 201


@pytest.mark.parametrize("key", ["k-1", None], ids=["with a key", "without"])
def test_an_answer_of_500_or_more_undoes_the_work_and_is_not_kept(
    write: Callable[..., TestResponse], small: Small, key: str | None
) -> None:
    small.status = 502
    assert write(key).status_code == 502
    assert (_count(Place), _count(Receipt)) == (0, 0)
    small.status = 201
    assert write(key).status_code == 201


def test_the_table_names_nobody_and_shows_no_answer(write: Callable[..., TestResponse], small: Small) -> None:
    small.visitor = "m:o9AgO5Kd"
    write("key-of-hers")
    with database.connection_context():
        row = repr(list(Receipt.select().tuples()))
    assert [word for word in ("o9AgO5Kd", "key-of-hers", "慢城", "small") if word in row] == []


def test_an_answer_of_64_kilobytes_is_kept_on_every_engine(write: Callable[..., TestResponse]) -> None:
    lines = "".join(f"第 {number * 7919 % 10007} 户已经登记，谢谢您。" for number in range(1400))
    body = {**STREET, "name": lines}
    assert len(lines.encode()) > 50_000
    assert write(body=body).data == write(body=body).data != b""


def test_a_key_without_anybody_it_could_belong_to_is_a_mistake_of_ours(
    write: Callable[..., TestResponse], small: Small
) -> None:
    small.visitor = ""
    assert (write().status_code, small.worked) == (500, [])
    assert write(None).status_code == 201


def _photo(app: Flask, content: bytes, title: str = "路灯") -> TestResponse:
    data = {"title": title, "photo": (BytesIO(content), "a.jpg")}
    return app.test_client().post(f"{PATH}/with/photo", data=data, headers={writes.HEADER: "k"})


def test_a_form_is_compared_by_its_fields_and_files(app: Flask, small: Small) -> None:
    assert [_photo(app, b"one").status_code for _ in range(2)] == [201, 201]
    assert _photo(app, b"two").status_code == _photo(app, b"one", "井盖").status_code == 422
    assert small.worked == ["路灯 3"], "the work finds the file unread"


def test_parts_of_a_form_without_a_name_do_no_harm(app: Flask, small: Small) -> None:
    part = '--x\r\nContent-Disposition: form-data; {}filename="a"\r\n\r\na\r\n'
    title = '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n路灯\r\n'
    body = (part.format("") + part.format('name="photo"; ') + title + "--x--\r\n").encode()
    form = {"data": body, "content_type": "multipart/form-data; boundary=x", "headers": {writes.HEADER: "k"}}
    answers = [app.test_client().post(f"{PATH}/with/photo", **form) for _ in range(2)]
    assert ([answer.status_code for answer in answers], small.worked) == ([201, 201], ["路灯 1"])
