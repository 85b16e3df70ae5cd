"""Reads accounts, decrypted, and remembers them for a moment: every pushed message asks for one."""

from dataclasses import dataclass, field

from backend.accounts.actions import SECRETS, purpose
from backend.privacy.cipher import FieldCipher
from backend.storage.remembered import Remembered
from models.accounts import AccountKind, WechatAccount

REMEMBER_SECONDS = 30.0


@dataclass(frozen=True)
class Account:
    id: int
    kind: AccountKind
    app_id: str
    name: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    previous_aes_key: str = field(repr=False, default="")


class Accounts:
    """All active accounts of the deployment; a change reaches a running process within about half a minute."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._remembered = Remembered("accounts", self._read, REMEMBER_SECONDS)

    def by_app_id(self, app_id: str) -> Account | None:
        return self.all().get(app_id)

    def official(self) -> list[Account]:
        return [account for account in self.all().values() if account.kind is AccountKind.OFFICIAL]

    def all(self) -> dict[str, Account]:
        return self._remembered.get()

    def forget(self) -> None:
        """For the process that changed an account itself."""
        self._remembered.renew()

    def _read(self) -> dict[str, Account]:
        return {row.app_id: self._open(row) for row in WechatAccount.select().where(WechatAccount.active)}

    def _open(self, row: WechatAccount) -> Account:
        stored = {name: getattr(row, name) for name in SECRETS}
        plain = {name: self._cipher.decrypt(text, purpose(name)) for name, text in stored.items() if text}
        return Account(row.id, row.kind, row.app_id, row.name, **plain)
