"""The accounts file: which official accounts and mini-programs the platform knows, and where it pushes to."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from simulator.rules.addresses import network
from simulator.shapes import JsonObject, objects, string, strings


class AccountKind(StrEnum):
    OFFICIAL = "official"
    MINIPROGRAM = "miniprogram"


class PushMode(StrEnum):
    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class PushFormat(StrEnum):
    XML = "xml"
    JSON = "json"


class AccountsError(Exception):
    """The accounts file cannot be used; the text is a Chinese sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    kind: AccountKind
    app_id: str
    app_secret: str
    token: str
    aes_key: str
    original_id: str
    name: str
    push_url: str
    mode: PushMode
    format: PushFormat
    certified: bool = True
    allowed_addresses: tuple[str, ...] = ()  # who may call; empty: everybody
    oauth_domain: str = ""  # where web authorisation may lead back to; empty: anywhere
    pages: tuple[str, ...] = ()  # of the released mini-program; empty: whatever one asks for

    @property
    def official(self) -> bool:
        return self.kind is AccountKind.OFFICIAL


def load_accounts(path: Path) -> list[Account]:
    """Raises AccountsError."""
    accounts = [_account(row) for row in objects(_document(path), "accounts")]
    if not accounts:
        raise AccountsError(f"账号文件 {path} 里没有账号。")
    if len({account.app_id for account in accounts}) < len(accounts):
        raise AccountsError(f"账号文件 {path} 里有重复的 app_id。")
    return accounts


def _document(path: Path) -> JsonObject:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise AccountsError(f"找不到账号文件 {path}，请先运行 python manage.py demo 生成它。") from missing
    except (OSError, ValueError) as broken:
        raise AccountsError(f"账号文件 {path} 读不出来：{broken}") from broken
    return document if isinstance(document, dict) else {}


def _account(row: JsonObject) -> Account:
    try:
        account = Account(
            kind=AccountKind(string(row, "kind")),
            mode=PushMode(string(row, "mode") or "safe"),
            format=PushFormat(string(row, "format") or "xml"),
            certified=row.get("certified") is not False,
            allowed_addresses=tuple(strings(row, "allowed_addresses")),
            oauth_domain=string(row, "oauth_domain"),
            pages=tuple(strings(row, "pages")),
            **{name: string(row, name) for name in _TEXTS},
        )
    except ValueError as wrong:
        raise AccountsError(f"账号 {string(row, 'app_id')} 的 kind、mode 或 format 不对：{wrong}") from wrong
    _check(account)
    return account


_TEXTS = ("app_id", "app_secret", "token", "aes_key", "original_id", "name", "push_url")


def _check(account: Account) -> None:
    missing = [name for name in _TEXTS if not getattr(account, name) and name != "aes_key"]
    if missing:
        raise AccountsError(f"账号 {account.app_id} 缺少 {'、'.join(missing)}。")
    if urlsplit(account.push_url).scheme not in {"http", "https"}:
        raise AccountsError(f"账号 {account.app_id} 的 push_url 应以 http:// 或 https:// 开头。")
    check_addresses(account.app_id, account.allowed_addresses)
    if "/" in account.oauth_domain or ":" in account.oauth_domain.partition(":")[2]:
        raise AccountsError(f"账号 {account.app_id} 的 oauth_domain 只写域名，不带 http:// 和路径。")
    if account.mode is not PushMode.PLAIN and not re.fullmatch(r"[A-Za-z0-9]{43}", account.aes_key):
        raise AccountsError(f"账号 {account.app_id} 的 aes_key 应为 43 位字母或数字。")


def check_addresses(app_id: str, entries: Iterable[str]) -> None:
    """Raises AccountsError."""
    for entry in entries:
        try:
            network(entry)
        except ValueError as wrong:
            raise AccountsError(f"账号 {app_id} 的允许地址「{entry[:60]}」不是 IP 地址或网段。") from wrong
