"""Places for everybody over the API: pages, the nearest one, and sentences for what is wrong with a question."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from backend.activities import actions as activities
from backend.places import actions
from backend.settings import Settings
from tests.conftest import make_settings
from tests.served import opened, prepare

PLACES = "/api/v1/places"
ACTIVITIES = "code,title,start,end,venue\n9901,招聘会,2030-12-20 09:00,2030-12-20 12:00,广场\n"
CONTACTS = """code,role,name,phone,hours
990101,liaison,王老师,0799-5550101,周一至周五
9901,office,服务中心,0799-5550100,
"""
FACTS = {"type", "title", "status", "code", "detail", "errors"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    with opened(prepare(make_settings(tmp_path))) as house:
        yield house.app.test_client()


def _get(client: FlaskClient, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def _problem(client: FlaskClient, path: str, status: int, **query: Any) -> dict[str, Any]:
    answer = client.get(path, query_string=query)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem: dict[str, Any] = answer.get_json(force=True)
    assert set(problem) == FACTS
    assert problem["status"] == status
    assert any("一" <= character <= "鿿" for character in problem["detail"]), problem["detail"]
    return problem


def test_the_communities_of_a_street_come_page_by_page_each_once(client: FlaskClient) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = _get(client, PLACES, parent="9901", limit=10, cursor=cursor)
        seen += [item["code"] for item in page["items"]]
        assert len(page["items"]) <= 10
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 28
    assert seen == sorted(seen)


def test_a_page_that_is_just_full_is_the_last_one(client: FlaskClient) -> None:
    assert _get(client, PLACES, parent="9901", limit=28)["next_cursor"] is None
    assert _get(client, PLACES, parent="9901", limit=27)["next_cursor"] is not None


def test_without_a_parent_the_top_is_listed(client: FlaskClient) -> None:
    page = _get(client, PLACES)
    assert page["items"] == [{"code": "99", "name": "云溪区", "level": "district", "latitude": None, "longitude": None}]


def test_below_a_place_that_does_not_exist_there_is_nothing(client: FlaskClient) -> None:
    assert _get(client, PLACES, parent="does-not-exist") == {"items": [], "next_cursor": None}


def test_one_place_is_told_on_each_engine(settings: Settings) -> None:
    with opened(prepare(settings)) as house:
        client = house.app.test_client()
        place = _get(client, f"{PLACES}/990101")
        assert place == {
            "code": "990101",
            "name": "春晓社区",
            "level": "community",
            "latitude": 30.40433,
            "longitude": 112.7912,
        }
        assert _get(client, f"{PLACES}/nearest", latitude=30.40433, longitude=112.7912) == place


def test_the_nearest_community_is_found_and_only_a_community(client: FlaskClient) -> None:
    assert _get(client, f"{PLACES}/nearest", latitude=30.40342, longitude=112.79196)["code"] == "990101"


def test_far_from_everything_there_is_none(client: FlaskClient) -> None:
    assert _problem(client, f"{PLACES}/nearest", 404, latitude=39.9, longitude=116.4)["code"] == "place_unknown"


@pytest.mark.parametrize("code", ["123", "a" * 32, "春晓", "' OR 1=1"])
def test_an_unknown_place_is_a_problem_with_a_sentence(client: FlaskClient, code: str) -> None:
    assert _problem(client, f"{PLACES}/{code}", 404)["detail"] == "没有这个地方，请检查编码。"


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (f"{PLACES}/search", {}, "q"),
        (f"{PLACES}/search", {"q": ""}, "q"),
        (f"{PLACES}/search", {"q": "x" * 65}, "q"),
        (f"{PLACES}/search", {"q": "\x00"}, "q"),
        (f"{PLACES}/search", {"q": "x", "limit": 51}, "limit"),
        (f"{PLACES}/search", {"q": "x", "level": "village"}, "level"),
        (f"{PLACES}/" + "x" * 33 + "/page", {}, "code"),
        (PLACES, {"limit": 0}, "limit"),
        (PLACES, {"limit": 101}, "limit"),
        (PLACES, {"limit": "many"}, "limit"),
        (PLACES, {"cursor": "x" * 65}, "cursor"),
        (PLACES, {"parent": "x" * 33}, "parent"),
        (f"{PLACES}/nearest", {"latitude": 91, "longitude": 0}, "latitude"),
        (f"{PLACES}/nearest", {"latitude": 0, "longitude": -181}, "longitude"),
        (f"{PLACES}/nearest", {"latitude": "nan", "longitude": 0}, "latitude"),
        (f"{PLACES}/nearest", {"latitude": "inf", "longitude": 0}, "latitude"),
        (f"{PLACES}/nearest", {"latitude": 30}, "longitude"),
        (f"{PLACES}/nearest", {}, "latitude"),
        (f"{PLACES}/" + "x" * 33, {}, "code"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_which_field(
    client: FlaskClient, path: str, query: dict[str, Any], field: str
) -> None:
    problem = _problem(client, path, 422, **query)
    assert field in [fault["field"] for fault in problem["errors"]]
    assert problem["code"] == "invalid_input"


@pytest.mark.parametrize("character", ["\x00", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), "😀"])
def test_odd_characters_are_no_error_of_ours_on_any_engine(settings: Settings, character: str) -> None:
    with opened(prepare(settings)) as house:
        client = house.app.test_client()
        for query in ({"parent": character}, {"cursor": character}):
            assert client.get(PLACES, query_string=query).status_code in (200, 422)
        assert client.get(f"{PLACES}/{quote(character)}").status_code in (404, 422)


def test_places_are_found_by_what_is_typed(client: FlaskClient) -> None:
    found = _get(client, f"{PLACES}/search", q="chun xiao", limit=3)
    assert [item["name"] for item in found["items"]] == ["春晓社区", "春晓第一网格", "春晓苑1栋"]
    assert set(found["items"][0]) == {"code", "name", "level", "latitude", "longitude", "within"}
    assert [item["within"] for item in found["items"]] == ["慢城街道", "春晓社区", "春晓第一网格"]
    assert len(_get(client, f"{PLACES}/search", q="社区", limit=50)["items"]) == 28
    assert len(_get(client, f"{PLACES}/search", q="99")["items"]) == 20
    assert [item["code"] for item in _get(client, f"{PLACES}/search", q="慢城", level="street")["items"]] == ["9901"]
    assert _get(client, f"{PLACES}/search", q="没有这里") == {"items": []}


def test_white_space_alone_is_answered_with_a_sentence(client: FlaskClient) -> None:
    assert _problem(client, f"{PLACES}/search", 422, q=" ")["code"] == "nothing_typed"


def test_the_page_of_a_place_tells_where_it_belongs_whom_to_call_and_what_is_on(settings: Settings) -> None:
    with opened(prepare(settings)) as house:
        actions.import_contacts(CONTACTS)
        activities.import_sheet(ACTIVITIES)
        page = _get(house.app.test_client(), f"{PLACES}/990101/page")
    assert page["place"]["name"] == "春晓社区"
    assert page["activities"] == [
        {
            "title": "招聘会",
            "starts_at": "2030-12-20T09:00:00+08:00",
            "ends_at": "2030-12-20T12:00:00+08:00",
            "venue": "广场",
            "of": {"code": "9901", "name": "慢城街道"},
        }
    ]
    assert page["parents"] == [
        {"code": "99", "name": "云溪区", "level": "district"},
        {"code": "9901", "name": "慢城街道", "level": "street"},
    ]
    assert page["children"] == 4
    own, above = page["contacts"]
    assert own == {
        "role": "liaison",
        "name": "王老师",
        "phone": "0799-5550101",
        "hours": "周一至周五",
        "of": {"code": "990101", "name": "春晓社区"},
    }
    assert (above["role"], above["hours"], above["of"]) == ("office", "", {"code": "9901", "name": "慢城街道"})


def test_a_place_that_is_not_there_has_no_page(client: FlaskClient) -> None:
    assert _problem(client, f"{PLACES}/990199/page", 404)["detail"] == "没有这个地方，请检查编码。"


@pytest.mark.parametrize("path", [f"{PLACES}?parent=9901", f"{PLACES}/search?q=cx", f"{PLACES}/9901/page"])
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    etag = first.headers["ETag"]
    assert (first.status_code, etag.startswith('"'), first.headers["Cache-Control"]) == (200, True, "no-cache")
    for asked in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(path, headers={"If-None-Match": asked})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    head = client.head(path, headers={"If-None-Match": etag})
    assert (head.status_code, head.headers["ETag"]) == (304, etag)


def test_what_has_changed_is_sent(client: FlaskClient) -> None:
    old = client.get(f"{PLACES}/9901/page").headers["ETag"]
    actions.import_contacts(CONTACTS)
    new = client.get(f"{PLACES}/9901/page", headers={"If-None-Match": old})
    assert (new.status_code, len(new.get_json()["contacts"])) == (200, 1)
    assert new.headers["ETag"] != old
    assert client.get(f"{PLACES}/9901/page", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_problem_is_never_kept(client: FlaskClient) -> None:
    problem = client.get(f"{PLACES}/nowhere/page", headers={"If-None-Match": "*"})
    assert (problem.status_code, "ETag" in problem.headers) == (404, False)


def test_a_write_to_places_is_not_allowed(client: FlaskClient) -> None:
    answer = client.post(PLACES, json={})
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_the_openapi_document_lists_every_endpoint_and_its_problems(client: FlaskClient) -> None:
    document = _get(client, "/api/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    paths = ("", "/nearest", "/search", "/{code}", "/{code}/page")
    assert {PLACES + path for path in paths} <= set(document["paths"])
    responses = document["paths"][f"{PLACES}/nearest"]["get"]["responses"]
    assert {"200", "404", "422"} <= set(responses)


def test_the_openapi_document_is_valid(client: FlaskClient) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(_get(client, "/api/v1/openapi.json"))
