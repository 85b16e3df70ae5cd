"""Health for the load balancer, metrics for operators: what each says, and what neither tells a stranger."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.settings import Settings
from backend.wechat.failures import refusal
from models.base import database
from tests.conftest import OFFICIAL, SERVERS, make_settings
from tests.served import House, opened, prepare
from tests.wires import Wire

REFUSING_REDIS = "redis://:geheim@127.0.0.1:1/0"


@pytest.fixture
def client(house: House) -> FlaskClient:
    return house.app.test_client()


def _away(settings: Settings) -> list[str]:
    """The parts /readyz calls away, with the whole answer checked for what it must not tell."""
    with opened(settings) as house:
        return _parts_away(house.app.test_client(), settings)


def _parts_away(client: FlaskClient, settings: Settings) -> list[str]:
    answer = client.get("/readyz")
    told: Any = answer.get_json()
    parts: dict[str, str] = told["parts"]
    away = [name for name, state in parts.items() if state != "ok"]
    assert (answer.status_code, told["ready"]) == ((503, False) if away else (200, True))
    assert set(told) == {"ready", "parts"}
    assert set(parts.values()) <= {"ok", "away"}, "no detail: that is in the log"
    for detail in ("geheim", "127.0.0.1", "Error", str(settings.data_dir)):
        assert detail not in answer.text
    return away


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_process_with_all_its_parts_is_ready_on_each_engine(settings: Settings) -> None:
    assert _away(prepare(settings)) == []


def test_a_store_that_is_away_is_named(tmp_path: Path) -> None:
    assert _away(replace(prepare(make_settings(tmp_path)), redis_url=REFUSING_REDIS)) == ["kv"]


def test_a_queue_that_is_away_is_named(tmp_path: Path) -> None:
    assert _away(replace(prepare(make_settings(tmp_path)), queue_url=REFUSING_REDIS)) == ["queue"]


def test_a_schema_that_fell_behind_is_named(house: House, client: FlaskClient) -> None:
    database.execute_sql("DELETE FROM schema_migration")
    database.close()
    assert _parts_away(client, house.runtime.settings) == ["schema"]


@pytest.mark.parametrize("engine", SERVERS)
def test_a_database_that_is_away_is_named_and_the_process_stays_alive(engine: str, tmp_path: Path) -> None:
    standard = {"postgresql": 5432, "mariadb": 3306}
    with SERVERS[engine].empty_database() as url, Wire("127.0.0.1", standard[engine]) as wire:
        through = url.replace(f":{standard[engine]}", f":{wire.port}")
        settings = prepare(make_settings(tmp_path, through))
        with opened(settings) as house:
            client = house.app.test_client()
            assert _parts_away(client, settings) == []
            wire.cut()
            assert set(_parts_away(client, settings)) == {"database", "schema"}
            assert client.get("/healthz").status_code == 200
            wire.mend()
            client.get("/readyz")  # the pool finds out which of its connections are dead
            assert _parts_away(client, settings) == []


def test_an_operator_on_this_machine_sees_the_metrics(client: FlaskClient) -> None:
    client.get(f"/wechat/{OFFICIAL.app_id}")
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == 200
    assert 'tongxin_answers_total{door="handlers",status="403"}' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 nginx"},
        {"Authorization": "Bearer "},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_nobody_sees_the_metrics_through_a_proxy(client: FlaskClient, headers: dict[str, str]) -> None:
    base = {"REMOTE_ADDR": "203.0.113.9" if "Authorization" in headers else "127.0.0.1"}
    answer = client.get("/metrics", headers=headers, environ_base=base)
    assert answer.status_code == 403
    assert "tongxin_" not in answer.text


def test_with_a_token_only_the_token_opens_the_metrics(tmp_path: Path) -> None:
    settings = replace(prepare(make_settings(tmp_path)), metrics_token="g" * 40)
    with opened(settings) as house:
        client = house.app.test_client()
        here = {"REMOTE_ADDR": "127.0.0.1"}
        tried = {
            given: client.get("/metrics", headers={"Authorization": f"Bearer {given}"}, environ_base=here).status_code
            for given in ("g" * 40, "g" * 39, "", "钥匙")
        }
    assert tried == {"g" * 40: 200, "g" * 39: 403, "": 403, "钥匙": 403}


def test_metrics_and_errors_hold_no_person_and_no_path_of_a_person(client: FlaskClient) -> None:
    client.get("/api/v1/places/oSomebody")
    client.get("/oSomebody")
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert "oSomebody" not in answer.text
    assert "没有找到您要的内容。" in client.get("/oSomebody").text


def test_what_is_closed_is_measured_until_it_is_open_again(house: House, client: FlaskClient) -> None:
    circuits, path = house.runtime.gateway(OFFICIAL.app_id).circuits, "/cgi-bin/message/custom/send"
    circuits.note_failure(path, refusal(path, 45009, "reach max api daily quota limit"))
    measure = f'tongxin_wechat_closed{{app_id="{OFFICIAL.app_id}",interface="{path}"}}'
    assert f"{measure} 1.0" in client.get("/metrics").text
    circuits.reopen(path)
    assert measure not in client.get("/metrics").text
