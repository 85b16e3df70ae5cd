"""What the doctor finds in a deployment, and the sentence that says how to mend it."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend.doctor.examination import examine
from backend.doctor.findings import Finding, Verdict
from backend.settings import AccountSettings, Settings
from backend.storage import migrations
from backend.wechat.failures import refusal
from models.base import database
from tests.conftest import OFFICIAL, SERVERS, make_settings
from tests.served import NOBODY, house_settings, platform_of_both, prepare
from tests.simulated import Platform
from tests.wires import Wire

REFUSING_REDIS = "redis://:geheim@127.0.0.1:1/0"


@pytest.fixture(scope="module")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform:
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    running_platform.start_again()
    return running_platform


@pytest.fixture
def healthy(tmp_path: Path, platform: Platform) -> Settings:
    return prepare(replace(house_settings(tmp_path, platform), base_url="https://wx.example.org", proxies=1))


def _findings(settings: Settings, before: Callable[[], object] = lambda: None) -> list[Finding]:
    runtime = runtimes.start(settings)
    try:
        before()
        return list(examine(runtime))
    finally:
        runtime.database.close()
        runtime.close()


def _bad(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is Verdict.BAD]


def _only_bad(settings: Settings) -> Finding:
    [finding] = _bad(_findings(settings))
    assert finding.remedy, "it is said how to mend it"
    return finding


def test_in_a_healthy_deployment_nothing_is_to_mend(healthy: Settings) -> None:
    findings = _findings(healthy)
    assert _bad(findings) == []
    good = [finding.what for finding in findings if finding.verdict is Verdict.GOOD]
    assert "账号「慢城街道」能拿到 access_token" in good
    assert "账号「慢城街坊」能拿到 access_token" in good


def test_a_healthy_database_is_called_so_on_each_engine(settings: Settings, platform: Platform) -> None:
    prepare(replace(settings, wechat_api_base=platform.url))
    assert _bad(_findings(replace(settings, wechat_api_base=platform.url))) == []


def test_that_it_speaks_to_a_simulator_is_said(healthy: Settings, platform: Platform) -> None:
    advice = [finding.what for finding in _findings(healthy) if finding.verdict is Verdict.ADVICE]
    assert f"微信接口指向 {platform.url}" in advice


def test_a_missing_base_url_is_advised_and_one_without_tls_is_bad(healthy: Settings) -> None:
    assert "没有设置 TONGXIN_BASE_URL" in [finding.what for finding in _findings(replace(healthy, base_url=""))]
    assert "https" in _only_bad(replace(healthy, base_url="http://wx.example.org")).what


def test_https_without_a_proxy_that_tells_addresses_is_bad(healthy: Settings) -> None:
    assert "TONGXIN_PROXIES" in _only_bad(replace(healthy, proxies=0)).what


@pytest.mark.parametrize("base_url", ["http://127.0.0.1.example.org", "http://example.org/?127.0.0.1"])
def test_an_address_that_only_looks_like_this_machine_is_bad(healthy: Settings, base_url: str) -> None:
    assert "https" in _only_bad(replace(healthy, base_url=base_url)).what


def test_a_schema_that_fell_behind_names_the_command(tmp_path: Path, platform: Platform) -> None:
    finding = _bad(_findings(house_settings(tmp_path, platform)))[0]
    assert ("落后" in finding.what, "python manage.py migrate" in finding.remedy) == (True, True)


def test_a_deployment_without_accounts_or_places_is_told_so(tmp_path: Path) -> None:
    none = AccountSettings("official")
    settings = replace(make_settings(tmp_path), official=none, base_url="https://wx.example.org", proxies=1)
    findings = _findings(settings, before=lambda: migrations.apply(database.obj))
    assert [finding.what for finding in _bad(findings)] == ["还没有接入公众号"]
    assert "还没有区划" in [finding.what for finding in findings]


def test_a_wrong_secret_is_told_by_the_account(healthy: Settings) -> None:
    settings = prepare(replace(healthy, official=replace(OFFICIAL, app_secret="x" * 32)))
    finding = _only_bad(settings)
    assert ("慢城街道" in finding.what, "AppSecret" in finding.remedy) == (True, True)


@pytest.mark.parametrize(("errcode", "word"), [(40164, "白名单"), (40243, "冻结"), (89503, "管理员"), (50002, "50002")])
def test_what_the_platform_objects_to_is_told_with_its_remedy(
    healthy: Settings, platform: Platform, errcode: int, word: str
) -> None:
    platform.fault("/cgi-bin/stable_token", "errcode", errcode=errcode)
    bad = _bad(_findings(healthy))
    assert [word in finding.remedy for finding in bad] == [True, True]


def test_the_address_to_put_on_the_whitelist_is_told(healthy: Settings, platform: Platform) -> None:
    platform.fault("/cgi-bin/stable_token", "errcode", errcode=40164)
    assert "127.0.0.1" in _bad(_findings(healthy))[0].remedy


def test_a_platform_that_cannot_be_reached_is_told(healthy: Settings) -> None:
    bad = _bad(_findings(replace(healthy, wechat_api_base=NOBODY)))
    assert ["连不上微信" in finding.what for finding in bad] == [True, True]


def test_a_store_that_is_away_is_told_without_its_password(healthy: Settings) -> None:
    bad = _bad(_findings(replace(healthy, redis_url=REFUSING_REDIS)))
    assert bad[0].what.startswith("键值存储")
    assert "geheim" not in repr(bad)


def test_a_queue_that_is_away_is_told(healthy: Settings) -> None:
    assert _only_bad(replace(healthy, queue_url=REFUSING_REDIS)).what.startswith("任务队列")


@pytest.mark.parametrize("engine", SERVERS)
def test_a_database_that_is_away_is_told_and_the_rest_looked_at(engine: str, tmp_path: Path) -> None:
    with SERVERS[engine].empty_database() as url, _cut(url, engine) as address:
        bad = _bad(_findings(make_settings(tmp_path, address)))
    assert len(bad) == 1
    assert bad[0].what.startswith("数据库")


@contextmanager
def _cut(url: str, engine: str) -> Iterator[str]:
    standard = {"postgresql": 5432, "mariadb": 3306}[engine]
    with Wire("127.0.0.1", standard) as wire:
        wire.cut()
        yield url.replace(f":{standard}", f":{wire.port}")


def test_a_key_that_was_lost_is_told_as_such(healthy: Settings) -> None:
    other = "k2:" + base64.urlsafe_b64encode(bytes(32)).decode()
    assert _bad(_findings(replace(healthy, data_keys=other))), "the secrets of the accounts cannot be read"


def test_an_account_that_is_paused_is_told_with_its_end_its_reason_and_its_remedy(
    healthy: Settings, platform: Platform
) -> None:
    platform.fault("/cgi-bin/stable_token", "errcode", errcode=40164, app_id=OFFICIAL.app_id)
    _findings(healthy)
    platform.mend()
    finding = _only_bad(healthy)
    assert ("暂停" in finding.what, "40164" in finding.what or "whitelist" in finding.what) == (True, True)
    assert ("白名单" in finding.remedy, f"reopen {OFFICIAL.app_id}" in finding.remedy) == (True, True)


def test_an_interface_whose_quota_is_used_up_is_told_as_something_that_ends_by_itself(
    healthy: Settings, platform: Platform
) -> None:
    opened, path = runtimes.start(healthy), "/cgi-bin/message/custom/send"
    opened.gateway(OFFICIAL.app_id).circuits.note_failure(path, refusal(path, 45009, "reach max api daily quota"))
    opened.database.close()
    opened.close()
    findings = _findings(healthy)
    assert _bad(findings) == []
    [told] = [finding for finding in findings if path in finding.what]
    assert (told.verdict, "00:00" in told.what) == (Verdict.ADVICE, True)
