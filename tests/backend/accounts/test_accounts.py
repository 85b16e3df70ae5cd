"""Accounts come from the settings, are kept without a secret in clear, and reach a running process."""

import base64
from dataclasses import replace

import pytest
from peewee import Model

from backend.accounts import actions
from backend.accounts.actions import SECRETS
from backend.accounts.queries import Accounts
from backend.errors import Misconfigured
from backend.privacy.cipher import FieldCipher
from backend.runtime import Runtime
from backend.settings import AccountSettings
from models.accounts import AccountKind, WechatAccount
from tests.conftest import OFFICIAL

MINIPROGRAM = AccountSettings(
    kind="miniprogram",
    app_id="wx1111111111111111",
    app_secret="m" * 32,
    token="BBBBB",
    aes_key="B" * 43,
    name="慢城街坊",
)


def _row(app_id: str = OFFICIAL.app_id) -> WechatAccount:
    return WechatAccount.get(WechatAccount.app_id == app_id)


def test_the_first_accounts_come_from_the_settings(runtime: Runtime) -> None:
    both = replace(runtime.settings, miniprogram=MINIPROGRAM)
    assert actions.seed(both, runtime.cipher) == [MINIPROGRAM.app_id], "the official one is there already"
    runtime.accounts.forget()
    assert set(runtime.accounts.all()) == {OFFICIAL.app_id, MINIPROGRAM.app_id}
    assert [account.app_id for account in runtime.accounts.official()] == [OFFICIAL.app_id]
    account = runtime.account(MINIPROGRAM.app_id)
    assert (account.kind, account.name) == (AccountKind.MINIPROGRAM, "慢城街坊")
    assert (account.app_secret, account.token, account.aes_key) == ("m" * 32, "BBBBB", "B" * 43)


def test_seeding_again_writes_nothing(runtime: Runtime) -> None:
    before = _row().changed_at
    assert actions.seed(runtime.settings, runtime.cipher) == []
    assert _row().changed_at == before


def test_seeding_an_account_without_a_name_again_writes_nothing(runtime: Runtime) -> None:
    nameless = replace(runtime.settings, official=replace(OFFICIAL, name=""))
    assert actions.seed(nameless, runtime.cipher) == [OFFICIAL.app_id]
    assert _row().name == OFFICIAL.app_id
    assert actions.seed(nameless, runtime.cipher) == []


def test_an_account_that_is_not_set_is_not_written(runtime: Runtime) -> None:
    none = replace(runtime.settings, official=AccountSettings("official"))
    assert actions.seed(none, runtime.cipher) == []
    assert WechatAccount.select().count() == 1, "and one that stands already stays"


@pytest.mark.parametrize(
    "change",
    [
        {"app_secret": "n" * 32},
        {"token": "CCCCC"},
        {"aes_key": "C" * 43},
        {"previous_aes_key": "D" * 43},
        {"name": "新名字"},
    ],
)
def test_a_changed_setting_changes_its_row(runtime: Runtime, change: dict[str, str]) -> None:
    changed = replace(OFFICIAL, **change)
    assert actions.put(changed, runtime.cipher)
    assert not actions.put(changed, runtime.cipher)
    account = Accounts(runtime.cipher).by_app_id(OFFICIAL.app_id)
    assert account is not None
    assert {name: getattr(account, name) for name in change} == change
    assert WechatAccount.select().count() == 1


def test_a_changed_kind_changes_its_row(runtime: Runtime) -> None:
    assert actions.put(replace(OFFICIAL, kind="miniprogram"), runtime.cipher)
    assert _row().kind is AccountKind.MINIPROGRAM


def test_the_end_of_a_key_rotation_takes_the_old_key_away(runtime: Runtime) -> None:
    actions.put(replace(OFFICIAL, previous_aes_key="D" * 43), runtime.cipher)
    assert actions.put(OFFICIAL, runtime.cipher)
    assert _row().previous_aes_key is None


def test_no_secret_stands_in_the_table_in_clear(runtime: Runtime) -> None:
    actions.put(replace(OFFICIAL, previous_aes_key="D" * 43), runtime.cipher)
    stored = repr(list(WechatAccount.select().tuples()))
    for secret in (OFFICIAL.app_secret, OFFICIAL.aes_key, "D" * 43):
        assert secret not in stored
        assert base64.b64encode(secret.encode()).decode()[:16] not in stored
    assert OFFICIAL.token not in [getattr(_row(), name) for name in SECRETS]


def test_a_secret_moved_to_another_column_does_not_open(runtime: Runtime) -> None:
    WechatAccount.update(token=_row().app_secret).execute()
    with pytest.raises(Misconfigured, match="打不开"):
        Accounts(runtime.cipher).all()


def test_secrets_written_with_the_old_data_key_are_read_during_a_rotation(runtime: Runtime) -> None:
    [old] = runtime.settings.keys.items()
    rotated = FieldCipher({"k2": bytes(range(1, 33)), **dict([old])})
    account = Accounts(rotated).by_app_id(OFFICIAL.app_id)
    assert account is not None
    assert account.app_secret == OFFICIAL.app_secret
    with pytest.raises(Misconfigured, match="k1"):
        Accounts(FieldCipher({"k2": bytes(range(1, 33))})).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("app_id", "gh_97417a04a28d"),
        ("app_id", "wx"),
        ("app_id", "wxba5fad812f8e6fb9 "),
        ("app_secret", ""),
        ("app_secret", "short"),
        ("app_secret", "with space " * 3),
        ("token", "AB"),
        ("token", "A" * 33),
        ("token", "A_A_A"),
        ("token", "口令口令"),
        ("aes_key", ""),
        ("aes_key", "A" * 42),
        ("aes_key", "A" * 44),
        ("aes_key", "A" * 42 + "="),
        ("aes_key", "A" * 43 + "\n"),
        ("previous_aes_key", "A"),
    ],
)
def test_a_credential_the_platform_would_not_accept_is_named_and_not_written(
    runtime: Runtime, name: str, value: str
) -> None:
    before = _row().changed_at
    with pytest.raises(Misconfigured, match=f"OFFICIAL_{name.upper()} ") as refused:
        actions.put(replace(OFFICIAL, **{name: value}), runtime.cipher)
    assert [fault.field for fault in refused.value.errors] == [name]
    assert value == "" or len(value) < 4 or value not in str(refused.value), "a secret is not repeated"
    assert (_row().changed_at, WechatAccount.select().count()) == (before, 1)


def test_all_faults_are_named_at_once(runtime: Runtime) -> None:
    with pytest.raises(Misconfigured) as refused:
        actions.put(AccountSettings("miniprogram", app_id="x"), runtime.cipher)
    assert [fault.field for fault in refused.value.errors] == ["app_id", "app_secret", "token", "aes_key"]
    assert "MINIPROGRAM_TOKEN" in refused.value.sentence


def test_a_closed_account_is_not_answered_for(runtime: Runtime) -> None:
    assert runtime.accounts.by_app_id(OFFICIAL.app_id) is not None
    closing: type[Model] = WechatAccount
    closing.update(active=False).execute()
    runtime.accounts.forget()
    assert runtime.accounts.by_app_id(OFFICIAL.app_id) is None


def test_an_account_does_not_show_its_secrets(runtime: Runtime) -> None:
    shown = repr(runtime.account(OFFICIAL.app_id)) + repr(OFFICIAL) + repr(runtime.settings)
    for secret in (OFFICIAL.app_secret, OFFICIAL.aes_key, OFFICIAL.token, runtime.settings.secret_key):
        assert secret not in shown
