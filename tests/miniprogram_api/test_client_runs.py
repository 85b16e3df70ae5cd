"""The client of docs/client against the real service, with wx played by Node.js: pages, refusals, lost answers."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, request

import miniprogram_api
from tests.conftest import make_settings
from tests.served import listening, opened, prepare
from tests.small_api import PATH, Small, small_app

CLIENT = Path(__file__).parents[2] / "docs" / "client"
TSC = CLIENT / "node_modules" / ".bin" / "tsc"
pytestmark = pytest.mark.skipif(not (TSC.exists() and shutil.which("node")), reason="`make client` has not been run")

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client as JavaScript."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "package.json").write_text('{"type": "module"}')
    command = [str(TSC), "--project", str(CLIENT), "--noEmit", "false", "--outDir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    return folder / "client.js"


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def ask(tmp_path: Path, free_port: int, module: Path, small: Small) -> Iterator[Ask]:
    with opened(prepare(make_settings(tmp_path))) as house:
        app = small_app(
            house.runtime, small, more=[each for each in miniprogram_api.ENDPOINTS if each.name != "session"]
        )
        _add_session(app)
        with listening(app, free_port), _Node(module, f"http://127.0.0.1:{free_port}") as node:
            yield node.ask


def _add_session(app: Flask) -> None:
    """What sign-in will be: DESIGN §4."""

    @app.post("/api/v1/session")
    def session() -> Response:
        assert request.get_json() == {"app_id": "wx0123456789abcdef", "code": "code-of-hers"}
        return Response('{"token": "t-1"}', content_type="application/json")

    @app.get("/api/v1/places/hers")
    def hers() -> Response:
        if request.headers.get("Authorization") != "Bearer t-1":
            abort(401)
        return Response('{"code": "hers"}', content_type="application/json")


class _Node:
    def __init__(self, module: Path, base: str) -> None:
        command = ["node", str(Path(__file__).with_name("wx.mjs")), str(module), base]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> "_Node":
        return self

    def ask(self, verb: str, path: str, /, lost: int = 0, **question: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"verb": verb, "path": path, "lost": lost, "question": question}) + "\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def __exit__(self, *_error: object) -> None:
        self._process.communicate(timeout=10)


def test_a_list_is_read_to_its_end_page_after_page(ask: Ask) -> None:
    said = ask("each", "/api/v1/places", query={"parent": "9901", "limit": 10})
    assert (len(said["answer"]), len(set(said["answer"])), len(said["keys"])) == (28, 28, 3)


def test_a_place_in_the_path_is_asked_for_whatever_its_letters(ask: Ask) -> None:
    assert ask("get", "/api/v1/places/{code}", path={"code": "990101"})["answer"]["name"] == "春晓社区"
    assert ask("get", "/api/v1/places/{code}", path={"code": "春/晓?"})["refused"] == "Refusal"


def test_a_refusal_is_a_sentence_and_knows_its_fields(ask: Ask) -> None:
    said = ask("get", "/api/v1/places", query={"limit": 1000})
    assert said["message"] == "有几项填得不对，请看下面的说明。"
    assert said["about"] == "不能大于 100。"


def test_a_write_whose_answer_was_lost_is_repeated_under_its_key_and_happens_once(ask: Ask, small: Small) -> None:
    said = ask("post", PATH, lost=2, body={"code": "77", "name": "慢城"})
    assert said["answer"] == {"code": "77", "name": "慢城"}
    assert len(said["keys"]) == 3
    assert (len(set(said["keys"])), small.worked) == (1, ["77"])


def test_two_writes_have_two_keys_and_a_given_key_is_used(ask: Ask) -> None:
    bodies = [{"code": code, "name": "慢城"} for code in ("71", "72", "73")]
    keys = [ask("post", PATH, body=body)["keys"][0] for body in bodies[:2]]
    assert len({*keys}) == 2
    assert ask("post", PATH, body=bodies[2], key="mine")["keys"] == ["mine"]


def test_whoever_hears_nothing_is_told_so(ask: Ask) -> None:
    said = ask("get", "/api/v1/places", lost=9, query={})
    assert (said["refused"], said["message"], len(said["keys"])) == ("Silence", "网络不太好，请稍后再试。", 3)


def test_an_answer_without_a_body_is_nothing(ask: Ask) -> None:
    assert ask("delete", f"{PATH}/{{code}}", path={"code": "77"})["answer"] is None


def test_who_is_not_signed_in_is_signed_in_and_asks_again(ask: Ask) -> None:
    first, second = (ask("get", "/api/v1/places/hers") for _ in range(2))
    assert (first["answer"], len(first["keys"])) == ({"code": "hers"}, 3), "refused, signed in, asked again"
    assert (second["answer"], len(second["keys"])) == ({"code": "hers"}, 1)
