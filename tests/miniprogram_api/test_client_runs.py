"""The client of docs/client against the real service, with wx played by Node.js and the platform by the simulator."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import miniprogram_api
from backend import clock
from models.sessions import Session
from tests.served import MINIPROGRAM, house_settings, listening, opened, platform_of_both, prepare
from tests.simulated import Platform
from tests.small_api import PATH, Small, small_app

EXCHANGE = "/sns/jscode2session"
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


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as running:
        yield running


@pytest.fixture
def ask(tmp_path: Path, free_port: int, module: Path, small: Small, platform: Platform) -> Iterator[Ask]:
    platform.start_again()
    with opened(prepare(house_settings(tmp_path, platform))) as house:
        app = small_app(house.runtime, small, more=miniprogram_api.ENDPOINTS)
        with listening(app, free_port), _Node(module, f"http://127.0.0.1:{free_port}", platform) as node:
            yield node.ask


class _Node:
    def __init__(self, module: Path, base: str, platform: Platform) -> None:
        app_id = MINIPROGRAM.app_id
        login = f"{platform.url}/simulator/people/p1/chats/{app_id}/login"
        command = ["node", str(Path(__file__).with_name("wx.mjs")), str(module), base, app_id, login]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> "_Node":
        return self

    def ask(self, verb: str, path: str, /, lost: int = 0, times: int = 0, **question: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(
            json.dumps({"verb": verb, "path": path, "lost": lost, "times": times, "question": question}) + "\n"
        )
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


def _devices(said: dict[str, Any]) -> int:
    return len(said["answer"]["items"])


def test_who_is_not_signed_in_is_signed_in_and_asks_again(ask: Ask, platform: Platform) -> None:
    first, second = (ask("get", "/api/v1/sessions") for _ in range(2))
    assert (_devices(first), len(first["keys"])) == (1, 3), "refused, signed in, asked again"
    assert (_devices(second), len(second["keys"])) == (1, 1)
    assert len(platform.calls(EXCHANGE)) == 1


def test_a_sign_in_whose_answer_was_lost_is_repeated_and_is_one(ask: Ask, platform: Platform) -> None:
    said = ask("get", "/api/v1/sessions", lost=2)
    assert (_devices(said), len(platform.calls(EXCHANGE))) == (1, 1)


def test_a_token_that_has_run_out_is_refreshed_without_asking_wechat(ask: Ask, platform: Platform) -> None:
    ask("get", "/api/v1/sessions")
    Session.update(expires_at=clock.ago(seconds=1)).execute()
    said = ask("get", "/api/v1/sessions")
    assert (_devices(said), len(said["keys"])) == (1, 3), "refused, refreshed, asked again"
    assert len(platform.calls(EXCHANGE)) == 1


def test_many_that_are_refused_at_once_refresh_once(ask: Ask, platform: Platform) -> None:
    ask("get", "/api/v1/sessions")
    Session.update(expires_at=clock.ago(seconds=1)).execute()
    said = ask("get", "/api/v1/sessions", times=5)
    assert [len(answer["items"]) for answer in said["answer"]] == [1] * 5
    assert (len(said["keys"]), len(platform.calls(EXCHANGE))) == (11, 1)


def test_who_was_signed_out_from_another_phone_signs_in_anew(ask: Ask, platform: Platform) -> None:
    ask("get", "/api/v1/sessions")
    Session.delete().execute()
    said = ask("get", "/api/v1/sessions")
    assert (_devices(said), len(said["keys"])) == (1, 4), "refused, refused, signed in, asked again"
    assert len(platform.calls(EXCHANGE)) == 2


def test_a_member_registers_and_leaves(ask: Ask, platform: Platform) -> None:
    consents = [{"purpose": "membership", "version": 1}]
    path = f"people/p1/chats/{MINIPROGRAM.app_id}/phone-number"
    phone = {"code": platform.ask("POST", path, {})["code"]}
    body = {"name": "陈秀兰", "phone": phone, "place": {"code": "990101"}, "fourteen": True, "consents": consents}
    said = ask("post", "/api/v1/me", lost=1, body=body)
    assert (said["answer"]["phone"], said["answer"]["joined"]) == ("199******01", False)
    assert ask("get", "/api/v1/me")["answer"]["name"] == "陈秀兰"
    assert ask("delete", "/api/v1/me", lost=1)["answer"]["detail"] == "已经注销，您的资料已删除。"
    assert ask("get", "/api/v1/me")["message"] == "您还没有登记，或者已经注销了。"
