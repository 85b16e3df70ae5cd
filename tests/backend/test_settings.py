"""Every setting is documented, weak or impossible ones are refused by name, and secrets are not shown."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from backend import settings
from backend.errors import Misconfigured
from backend.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
GOOD = Settings(secret_key="s" * 20 + "abcdefghijkl", data_keys=f"k1:{KEY}")


def _documented() -> list[str]:
    lines = (line.lstrip("# ").partition("=") for line in EXAMPLE.read_text("utf-8").splitlines() if "=" in line)
    return [name.strip() for name, _, _ in lines if name.strip().startswith(settings.PREFIX)]


def test_every_setting_that_is_read_stands_in_the_example() -> None:
    assert set(settings.names()) - set(_documented()) == set()


def test_every_setting_of_the_example_is_read() -> None:
    assert set(_documented()) - set(settings.names()) == set()


def test_no_setting_stands_in_the_example_twice() -> None:
    assert sorted(_documented()) == sorted(set(_documented()))


def test_the_example_holds_no_secret() -> None:
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if not line.startswith("#") and "=" in line]
    given = settings.load(dict((line.partition("=")[0], line.partition("=")[2]) for line in lines))  # noqa: C402
    with pytest.raises(Misconfigured):
        given.require_secrets()


def test_every_name_that_is_listed_is_read_from_the_environment() -> None:
    plain = settings.load({})
    for name in settings.names():
        value = {"TONGXIN_DATA_DIR": "/elsewhere", "TONGXIN_LOG_LEVEL": "DEBUG"}.get(name, "17")
        assert settings.load({name: value}) != plain, name


def test_nothing_given_is_the_defaults() -> None:
    assert settings.load({}) == Settings()
    assert settings.load(dict.fromkeys(settings.names(), "  ")) == Settings()


def test_the_database_is_a_file_beside_the_data_unless_one_is_given() -> None:
    assert settings.load({"TONGXIN_DATA_DIR": "/d"}).database == "sqlite:////d/tongxin.db"
    assert settings.load({"TONGXIN_DATABASE_URL": "postgresql://h/d"}).database == "postgresql://h/d"


def test_a_slash_at_the_end_of_a_base_url_does_not_matter() -> None:
    assert settings.load({"TONGXIN_BASE_URL": "https://wx.example.org/"}).base_url == "https://wx.example.org"
    assert settings.load({"TONGXIN_WECHAT_API_BASE": "http://127.0.0.1:8001/"}).wechat_api_base.endswith(":8001")


@pytest.mark.parametrize("name", ["DATABASE_POOL", "WEB_WORKERS", "WEB_THREADS", "WORKER_THREADS", "ANSWER_SECONDS"])
@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf", "-inf", "1,5"])
def test_a_bad_number_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=f"TONGXIN_{name} .*「{text}」"):
        settings.load({f"TONGXIN_{name}": text})


def test_good_numbers_are_read() -> None:
    read = settings.load({"TONGXIN_WEB_THREADS": " 16 ", "TONGXIN_ANSWER_SECONDS": "2.5"})
    assert (read.web_threads, read.answer_seconds) == (16, 2.5)


def test_an_unknown_log_level_is_refused_by_name() -> None:
    with pytest.raises(Misconfigured, match="TONGXIN_LOG_LEVEL"):
        settings.load({"TONGXIN_LOG_LEVEL": "LOUD"})


@pytest.mark.parametrize("secret", ["", "secret", "s" * 31])
def test_a_missing_or_short_secret_is_refused_by_name(secret: str) -> None:
    with pytest.raises(Misconfigured, match="TONGXIN_SECRET_KEY"):
        replace(GOOD, secret_key=secret).require_secrets()


@pytest.mark.parametrize(
    "keys", ["", " , ", "k1", "k1:", f":{KEY}", "k1:c2hvcnQ=", "k1:!!!", f"k1:{KEY},k2", f"k1:{KEY},K1:{KEY}"]
)
def test_missing_or_weak_data_keys_are_refused_by_name(keys: str) -> None:
    with pytest.raises(Misconfigured, match="TONGXIN_DATA_KEYS"):
        replace(GOOD, data_keys=keys).require_secrets()


def test_good_secrets_are_accepted_and_the_first_key_comes_first() -> None:
    other = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()
    given = replace(GOOD, data_keys=f" k2:{other} , k1:{KEY},")
    assert given.require_secrets() is given
    assert list(given.keys.items()) == [("k2", bytes(range(1, 33))), ("k1", bytes(range(32)))]


def test_settings_do_not_show_their_secrets() -> None:
    env = {name: f"shown-{name}" for name in settings.names() if "NAME" not in name and "THREAD" not in name}
    hidden = ("SECRET", "TOKEN", "AES_KEY", "DATA_KEYS", "REDIS_URL", "QUEUE_URL")
    given = {name: value for name, value in env.items() if any(word in name for word in hidden)}
    shown = repr(settings.load(given))
    assert [name for name, value in given.items() if value in shown] == []


def test_a_database_url_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(settings.load({"TONGXIN_DATABASE_URL": "postgresql://u:hunter2@h/d"}))
