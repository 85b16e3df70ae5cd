"""Writes accounts: the first rows come from the settings, and a changed setting changes its row."""

from backend import clock
from backend.accounts import rules
from backend.errors import Misconfigured
from backend.privacy.cipher import FieldCipher
from backend.settings import AccountSettings, Settings
from backend.storage.database import in_transaction
from models.accounts import AccountKind, WechatAccount

SECRETS = ("app_secret", "token", "aes_key", "previous_aes_key")


def seed(settings: Settings, cipher: FieldCipher) -> list[str]:
    """Make the table agree with the OFFICIAL_* and MINIPROGRAM_* settings; answers the app ids written."""
    given = [account for account in (settings.official, settings.miniprogram) if account.app_id]
    return [account.app_id for account in given if put(account, cipher)]


def put(account: AccountSettings, cipher: FieldCipher) -> bool:
    """Add or change one account. True when something changed; raises Misconfigured naming each fault."""
    faults = rules.faults(account)
    if faults:
        raise Misconfigured("account_invalid", "".join(fault.message for fault in faults), faults)
    return in_transaction(lambda: _put(account, cipher))


def _put(account: AccountSettings, cipher: FieldCipher) -> bool:
    row = WechatAccount.get_or_none(WechatAccount.app_id == account.app_id) or WechatAccount(app_id=account.app_id)
    if row.id and all(_plain(row, name, cipher) == getattr(account, name) for name in (*SECRETS, "name")):
        return False
    row.kind, row.name, row.changed_at = (
        AccountKind(account.kind),
        account.name or account.app_id,
        clock.now(),
    )
    for name in SECRETS:
        text = getattr(account, name)
        setattr(row, name, cipher.encrypt(text, purpose(name)) if text else None)
    row.save()
    return True


def _plain(row: WechatAccount, name: str, cipher: FieldCipher) -> str:
    stored = getattr(row, name) or ""
    return cipher.decrypt(stored, purpose(name)) if stored and name in SECRETS else stored


def purpose(column: str) -> str:
    return f"wechat_account.{column}"
