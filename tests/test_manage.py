"""The command line as an operator types it: every command in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend import settings as all_settings
from backend.places import search
from backend.settings import Settings
from backend.wechat.failures import refusal
from demo import CONTACTS
from jobs.timetable import TIMETABLE
from models.audit import AuditEntry
from models.places import Place
from tests.conftest import OFFICIAL, make_settings
from tests.processes import ROOT
from tests.served import environment, opened, prepare
from tests.simulated import STREET, Platform, account_row, simulated

COMMANDS = (
    "demo",
    "doctor",
    "import",
    "job",
    "jobs",
    "keys",
    "menu",
    "migrate",
    "migration",
    "outbox",
    "reopen",
    "rotate-keys",
    "scheduler",
    "serve",
    "template",
    "worker",
)

SEND = "/cgi-bin/message/custom/send"


@dataclass(frozen=True)
class Done:
    code: int
    said: str
    complained: str


def _manage(settings: Settings | None, *arguments: str) -> Done:
    env = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**env, **(environment(settings) if settings else {})},
        capture_output=True,
        timeout=30,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    """A deployment in which nothing has been done yet."""
    return make_settings(tmp_path)


@pytest.fixture
def ready(new: Settings) -> Settings:
    return prepare(new)


def test_help_lists_every_command() -> None:
    done = _manage(None, "--help")
    assert done.code == 0
    listed = [line.split()[0] for line in done.said.partition("Commands:")[2].splitlines() if line.strip()]
    assert set(COMMANDS) <= set(listed)
    assert _manage(None, "unheard-of").code == 2


def test_migrate_brings_each_engine_up_to_date_and_then_has_nothing_to_do(
    tmp_path: Path, empty_database_url: str
) -> None:
    settings = make_settings(tmp_path, empty_database_url)
    first, second = _manage(settings, "migrate"), _manage(settings, "migrate")
    assert (first.code, first.said.startswith("已升级：0001_")) == (0, True)
    assert (second.code, second.said) == (0, "数据库结构已经是最新的。\n")


def test_the_first_account_is_set_up_with_the_link_that_staff_add_prints(ready: Settings) -> None:
    done = _manage(ready, "staff", "add", "zhang.min", "--name", "张敏", "--unit", "慢城街道办事处")
    assert done.code == 0, done.complained
    path = re.findall(r"(/console/setup/\S+)", done.said)[0]
    with opened(ready) as house:
        assert "张敏，您好" in house.app.test_client().get(path).text
    assert _manage(ready, "staff", "add", "zhang.min", "--name", "张敏", "--unit", "慢城街道办事处").code != 0


def test_verify_audit_tells_a_changed_entry_by_its_exit_code(ready: Settings) -> None:
    _manage(ready, "staff", "add", "zhang.min", "--name", "张敏", "--unit", "慢城街道办事处")
    sound = _manage(ready, "verify-audit")
    [end] = re.findall(r"\d+:[0-9a-f]{64}", sound.said)
    assert (sound.code, _manage(ready, "verify-audit", "--known", end).code) == (0, 0)
    assert _manage(ready, "verify-audit", "--known", f"{end[:-1]}x").code == 1
    with opened(ready):
        AuditEntry.update(action="sign_in").execute()
    assert _manage(ready, "verify-audit").code == 1


def test_keys_are_such_as_the_settings_accept() -> None:
    lines = dict(line.split("=", 1) for line in _manage(None, "keys").said.split())
    assert all_settings.load(lines).require_secrets()
    assert dict(line.split("=", 1) for line in _manage(None, "keys").said.split()) != lines


@pytest.mark.parametrize("command", ["serve", "worker", "scheduler"])
def test_nothing_is_started_on_an_old_schema_and_the_command_is_named(new: Settings, command: str) -> None:
    done = _manage(new, command)
    assert (done.code, "python manage.py migrate" in done.complained) == (2, True)
    assert "Traceback" not in done.complained


def test_nothing_is_started_without_secrets(new: Settings) -> None:
    done = _manage(replace(new, secret_key="short"), "serve")
    assert (done.code, "TONGXIN_SECRET_KEY" in done.complained) == (2, True)
    assert "short" not in done.complained


def test_a_job_is_done_now(ready: Settings) -> None:
    done = _manage(ready, "job", "interactions")
    assert (done.code, done.said) == (0, "interactions：处理了 0 件\n")


def test_the_day_is_printed_with_the_job_that_was_done_by_hand(ready: Settings) -> None:
    before = _manage(ready, "jobs")
    assert (before.code, before.said.count("还没有做过")) == (0, len(TIMETABLE))
    _manage(ready, "job", "receipts")
    lines = _manage(ready, "jobs").said.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [job.name for job in TIMETABLE]
    done = lines.index("receipts  每 10 分钟  清除过期回执")
    assert lines[done + 1].startswith("    上次 ")
    assert lines[done + 2] == "    今天 1 次，处理了 0 件，没有做成 0 次"


def test_the_doctor_holds_the_record_against_the_timetable(ready: Settings) -> None:
    _manage(ready, "job", "receipts")
    assert "[好] 定时任务都按时做了" in _manage(replace(ready, wechat_api_base="http://127.0.0.1:1"), "doctor").said


def test_an_unknown_job_is_answered_with_the_known_ones(ready: Settings) -> None:
    done = _manage(ready, "job", "unheard-of")
    assert done.code == 2
    assert all(name in done.complained for name in ("unheard-of", "interactions", "tombstones", "receipts"))


def test_places_are_imported_once_and_then_unchanged(new: Settings) -> None:
    _manage(new, "migrate")
    lines = len(STREET.read_text("utf-8").splitlines()) - 1
    assert _manage(new, "import", "places", str(STREET)).said == f"新增 {lines}，修改 0，未变 0。\n"
    assert _manage(new, "import", "places", str(STREET)).said == f"新增 0，修改 0，未变 {lines}。\n"


def test_contacts_are_imported_and_who_is_not_in_the_file_any_more_is_removed(ready: Settings, tmp_path: Path) -> None:
    sheet = tmp_path / "contacts.csv"
    header, *lines = CONTACTS.read_text("utf-8").splitlines()
    sheet.write_text("\n".join([header, *lines]), "utf-8")
    assert _manage(ready, "import", "contacts", str(sheet)).said == f"新增 {len(lines)}，修改 0，未变 0，删除 0。\n"
    sheet.write_text("\n".join([header, *(line for line in lines if "家庭医生" not in line)]), "utf-8")
    assert _manage(ready, "import", "contacts", str(sheet)).said == f"新增 0，修改 0，未变 {len(lines) - 1}，删除 1。\n"
    sheet.write_text(f"{header}\n9901,boss,王,110,\n990199,民警,王,110,\n", "utf-8")
    bad = _manage(ready, "import", "contacts", str(sheet))
    assert (bad.code, bad.said, "第 2 行" in bad.complained) == (2, "", True)


def test_what_is_on_is_imported_and_a_bad_line_imports_nothing(ready: Settings, tmp_path: Path) -> None:
    sheet = tmp_path / "activities.csv"
    line = "9901,招聘会,2030-12-20 09:00,2030-12-20 12:00,广场\n"
    sheet.write_text(f"code,title,start,end,venue\n{line}", "utf-8")
    assert _manage(ready, "import", "activities", str(sheet)).said == "新增 1，修改 0，未变 0，删除 0。\n"
    sheet.write_text(f"code,title,start,end,venue\n9901,写春联,明天,后天,\n{line}", "utf-8")
    bad = _manage(ready, "import", "activities", str(sheet))
    assert (bad.code, bad.said, "第 2 行" in bad.complained) == (2, "", True)


def test_places_of_an_older_release_are_found_after_migrate(ready: Settings) -> None:
    runtime = runtimes.start(ready)
    Place.update(folded=None, sounds=None, initials=None).execute()
    assert search.find("chunxiao") == []
    runtime.close()
    assert _manage(ready, "migrate").code == 0
    runtime = runtimes.start(ready)
    assert search.find("chunxiao")[0].place.name == "春晓社区"
    runtime.database.close()
    runtime.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("code,name,level,parent,lat,lng\n99,云溪区,kingdom,,,\n98,,district,,,\n", ("第 2 行", "第 3 行", "kingdom")),
        ("code,name,level,parent,lat,lng,民族\n99,云溪区,district,,,,汉\n", ("民族",)),
        ("名称\n云溪区\n", ()),
        ("", ()),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", ("UTF-8",)),
    ],
    ids=["bad lines", "forbidden column", "wrong header", "empty", "a picture"],
)
def test_a_bad_sheet_is_refused_with_sentences_and_nothing_of_it_is_kept(
    ready: Settings, tmp_path: Path, content: str | bytes, words: tuple[str, ...]
) -> None:
    sheet = tmp_path / "places.csv"
    sheet.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = _manage(ready, "import", "places", str(sheet))
    assert (done.code, done.said) == (2, "")
    assert "Traceback" not in done.complained
    assert all(word in done.complained for word in words), done.complained
    assert any("一" <= character <= "鿿" for character in done.complained)
    runtime = runtimes.start(ready)
    assert Place.select().count() == len(STREET.read_text("utf-8").splitlines()) - 1
    runtime.database.close()
    runtime.close()


def test_a_file_that_is_not_there_is_said(ready: Settings) -> None:
    assert _manage(ready, "import", "places", "does-not-exist.csv").code == 2


def test_a_menu_cannot_be_pushed_to_nobody(ready: Settings) -> None:
    done = _manage(ready, "menu", "push", "--app-id", "wx-unknown")
    assert (done.code, "没有找到公众号" in done.complained) == (2, True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("outbox puse", "命令写得不对。用法见 python manage.py outbox -h"),
        ("outbox pause 1 2", "命令写得不对。用法见 python manage.py outbox pause -h"),
        ("outbox pause", "还要写上「SOURCE」。"),
        ("outbox pause abc", "「SOURCE」写得不对：要写数字。"),
        ("outbox list --limit many", "「limit」写得不对：要写数字。"),
        ("outbox list --everything", "没有「--everything」这个选项。"),
        ("template unbind wx1 telegram notice", "「CHANNEL」写得不对：只能是 subscribe、notice、template。"),
        ("import places nowhere.csv", "「FILE」写得不对：没有这个文件，或者它是个目录。"),
    ],
)
def test_a_command_that_is_typed_wrong_is_answered_with_a_sentence(typed: str, sentence: str) -> None:
    done = _manage(None, *typed.split())
    assert (done.code, done.said) == (2, "")
    assert done.complained.startswith(sentence)
    assert len(done.complained.splitlines()) == 1


def test_a_platform_that_cannot_be_reached_is_said_in_a_sentence(ready: Settings) -> None:
    done = _manage(replace(ready, wechat_api_base="http://127.0.0.1:1"), "menu", "push")
    assert done.code != 0
    assert "Traceback" not in done.complained


def test_a_database_that_cannot_be_reached_is_said_in_a_sentence(new: Settings) -> None:
    done = _manage(replace(new, database_url="postgresql://u:geheim@127.0.0.1:1/x"), "migrate")
    assert done.code != 0
    assert "Traceback" not in done.complained
    assert "geheim" not in done.complained


def test_the_doctor_ends_with_what_is_to_mend(new: Settings) -> None:
    done = _manage(replace(new, wechat_api_base="http://127.0.0.1:1"), "doctor")
    assert (done.code, "请运行 python manage.py migrate" in done.said) == (1, True)
    assert "Traceback" not in done.complained


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with simulated(tmp_path_factory.mktemp("simulator"), [account_row(OFFICIAL, "http://127.0.0.1:1")]) as platform:
        yield platform


def _close(settings: Settings, path: str, errcode: int) -> None:
    runtime = runtimes.start(settings)
    runtime.gateway(OFFICIAL.app_id).circuits.note_failure(path, refusal(path, errcode, "said why"))
    runtime.close()


def test_what_is_closed_is_told_by_the_doctor_and_opened_again(ready: Settings, platform: Platform) -> None:
    settings = replace(ready, wechat_api_base=platform.url)
    _close(settings, SEND, 45009)
    _close(settings, SEND, 40164)
    told = _manage(settings, "doctor")
    assert (told.code, f"python manage.py reopen {OFFICIAL.app_id}" in told.said) == (1, True)
    one = _manage(settings, "reopen", OFFICIAL.app_id, "--interface", SEND)
    assert (one.code, f"已恢复：{SEND}" in one.said, "closed" in one.complained) == (1, True, True)
    done = _manage(settings, "reopen", OFFICIAL.app_id)
    assert (done.code, done.said.splitlines()) == (0, ["已恢复：整个账号", "微信接口可以调用了。"])
    assert _manage(settings, "doctor").code == 0


def test_a_quota_is_set_back_with_the_platform(ready: Settings, platform: Platform) -> None:
    settings = replace(ready, wechat_api_base=platform.url)
    for extra, path in (((), "/cgi-bin/clear_quota"), (("--interface", SEND), "/cgi-bin/openapi/quota/clear")):
        done = _manage(settings, "reopen", OFFICIAL.app_id, "--clear-quota", *extra)
        assert (done.code, "清零" in done.said) == (0, True), done
        assert [call["outcome"] for call in platform.calls(path)] == ["ok"]


def test_an_account_nobody_knows_cannot_be_reopened(ready: Settings) -> None:
    done = _manage(ready, "reopen", "wxnobody")
    assert (done.code, "没有接入账号 wxnobody" in done.complained) == (2, True)


def test_a_store_that_is_away_is_said_in_a_sentence(ready: Settings, platform: Platform) -> None:
    settings = replace(ready, wechat_api_base=platform.url, redis_url="redis://127.0.0.1:1/0")
    done = _manage(settings, "reopen", OFFICIAL.app_id)
    assert (done.code, done.said, "键值存储没有答复" in done.complained) == (1, "", True)
    assert "Traceback" not in done.complained
