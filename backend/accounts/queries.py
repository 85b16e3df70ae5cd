"""Reads accounts, decrypted, and remembers them for a moment: every pushed message asks for one."""

import threading
from dataclasses import dataclass, field

from backend import clock
from backend.accounts.actions import SECRETS, purpose
from backend.privacy.cipher import FieldCipher
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
    """All active accounts of the deployment; a change reaches a running process within half a minute."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher, self._guard = cipher, threading.Lock()
        self._known: dict[str, Account] = {}
        self._until = 0.0

    def by_app_id(self, app_id: str) -> Account | None:
        return self.all().get(app_id)

    def official(self) -> list[Account]:
        return [account for account in self.all().values() if account.kind is AccountKind.OFFICIAL]

    def all(self) -> dict[str, Account]:
        if clock.monotonic() >= self._until:
            with self._guard:
                self._known = {row.app_id: self._open(row) for row in _active()}
                self._until = clock.monotonic() + REMEMBER_SECONDS
        return self._known

    def forget(self) -> None:
        """Read anew at the next question; for the process that changed an account itself."""
        self._until = 0.0

    def _open(self, row: WechatAccount) -> Account:
        stored = {name: getattr(row, name) for name in SECRETS}
        plain = {name: self._cipher.decrypt(text, purpose(name)) for name, text in stored.items() if text}
        return Account(row.id, row.kind, row.app_id, row.name, **plain)


def _active() -> list[WechatAccount]:
    return list(WechatAccount.select().where(WechatAccount.active))
