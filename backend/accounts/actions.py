"""Writes accounts: the first rows come from the settings, and a changed setting changes its row."""

from backend import clock
from backend.accounts import rules
from backend.errors import Misconfigured
from backend.privacy.cipher import FieldCipher
from backend.settings import AccountSettings, Settings
from backend.storage.database import in_transaction
from models.accounts import AccountKind, WechatAccount
from models.marks import purpose_of

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
    kind, name = AccountKind(account.kind), account.name or account.app_id
    same = (row.kind, row.name) == (kind, name)
    if row.id and same and all(_plain(row, secret, cipher) == getattr(account, secret) for secret in SECRETS):
        return False
    row.kind, row.name, row.changed_at = kind, name, clock.now()
    for secret in SECRETS:
        text = getattr(account, secret)
        setattr(row, secret, cipher.encrypt(text, purpose(secret)) if text else None)
    row.save()
    return True


def _plain(row: WechatAccount, secret: str, cipher: FieldCipher) -> str:
    stored = getattr(row, secret)
    return cipher.decrypt(stored, purpose(secret)) if stored else ""


def purpose(column: str) -> str:
    return purpose_of(getattr(WechatAccount, column))
