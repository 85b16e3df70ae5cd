"""Reads accounts, decrypted, and remembers them for a moment: every pushed message asks for one."""

import threading
from dataclasses import dataclass, field

import structlog

from backend import clock
from backend.accounts.actions import SECRETS, purpose
from backend.privacy.cipher import FieldCipher
from models.accounts import AccountKind, WechatAccount
from models.base import database

REMEMBER_SECONDS = 30.0
log = structlog.get_logger()


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
    """All active accounts of the deployment; a change reaches a running process within about half a minute.

    Only the first question waits for the database. Later ones get what is known while a thread looks again: a
    database that hangs must not keep the webhook from answering.
    """

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher, self._looking = cipher, threading.Lock()
        self._known: dict[str, Account] | None = None
        self._until = 0.0

    def by_app_id(self, app_id: str) -> Account | None:
        return self.all().get(app_id)

    def official(self) -> list[Account]:
        return [account for account in self.all().values() if account.kind is AccountKind.OFFICIAL]

    def all(self) -> dict[str, Account]:
        if self._known is None:
            with self._looking:
                return self._look()
        if clock.monotonic() >= self._until and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_again, name="accounts", daemon=True).start()
        return self._known

    def forget(self) -> None:
        """Look again now, as is done every half minute; for the process that changed an account itself."""
        self._looking.acquire()
        self._look_again()

    def _look(self) -> dict[str, Account]:
        known = self._known = {row.app_id: self._open(row) for row in _active()}
        self._until = clock.monotonic() + REMEMBER_SECONDS
        return known

    def _look_again(self) -> None:
        try:
            self._look()
        except Exception:
            log.exception("accounts.not_read")
            self._until = clock.monotonic() + REMEMBER_SECONDS
        finally:
            if not database.is_closed():
                database.close()
            self._looking.release()

    def _open(self, row: WechatAccount) -> Account:
        stored = {name: getattr(row, name) for name in SECRETS}
        plain = {name: self._cipher.decrypt(text, purpose(name)) for name, text in stored.items() if text}
        return Account(row.id, row.kind, row.app_id, row.name, **plain)


def _active() -> list[WechatAccount]:
    # The webhook asks on the server's own thread, which nothing else of the request uses: a connection left there
    # is lost to the pool when the thread ends.
    idle = database.is_closed()
    try:
        return list(WechatAccount.select().where(WechatAccount.active))
    finally:
        if idle and not database.is_closed():
            database.close()
