"""Every setting, frozen, with its default. The only reader of the environment; each line stands in .env.example."""

import base64
import binascii
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import Misconfigured

PREFIX = "TONGXIN_"
MIN_SECRET = 32


@dataclass(frozen=True)
class AccountSettings:
    """First credentials of one account; later ones live in the table wechat_account."""

    kind: str
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)
    name: str = ""


@dataclass(frozen=True)
class Settings:
    data_dir: Path = Path("var")
    database_url: str = field(default="", repr=False)
    database_pool: int = 32
    redis_url: str = field(default="", repr=False)
    queue_url: str = field(default="", repr=False)
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_mp_base: str = "https://mp.weixin.qq.com"
    wechat_open_base: str = "https://open.weixin.qq.com"
    wechat_ca_file: str = ""
    base_url: str = ""
    secret_key: str = field(default="", repr=False)
    data_keys: str = field(default="", repr=False)
    official: AccountSettings = AccountSettings("official")
    miniprogram: AccountSettings = AccountSettings("miniprogram")
    web_workers: int = 1
    web_threads: int = 8
    proxies: int = 0
    worker_threads: int = 4
    wechat_in_flight: int = 64
    wechat_per_second: int = 1000
    answer_seconds: float = 3.5
    metrics_token: str = field(default="", repr=False)
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'tongxin.db'}"

    @property
    def keys(self) -> dict[str, bytes]:
        """Key id → 32 bytes. The first encrypts, the others only read."""
        found = [_key(part) for part in self.data_keys.split(",") if part.strip()]
        # MariaDB compares without regard to case: k1 and K1 are one name there.
        if len({name.casefold() for name, _ in found}) < len(found):
            raise Misconfigured("data_keys", f"{PREFIX}DATA_KEYS 里有两把钥匙的编号相同，请给新的一把换个编号。")
        return dict(found)

    def require_secrets(self) -> "Settings":
        """Refuse weak or missing secrets: there is no default anybody could guess."""
        if len(self.secret_key) < MIN_SECRET:
            raise Misconfigured("secret_key", f"请设置 {PREFIX}SECRET_KEY（至少 {MIN_SECRET} 个字符的随机串）。")
        if not self.keys:
            raise Misconfigured("data_keys", f"请设置 {PREFIX}DATA_KEYS，例如用 python manage.py keys 生成。")
        return self


def _key(part: str) -> tuple[str, bytes]:
    name, _, encoded = part.strip().partition(":")
    try:
        key = base64.urlsafe_b64decode(encoded)
    except (binascii.Error, ValueError):
        key = b""
    if not name or len(key) != 32:
        raise Misconfigured("data_keys", f"{PREFIX}DATA_KEYS 里每一把钥匙写作「编号:32 字节的 base64」，用逗号隔开。")
    return name, key


def _account(kind: str, env: Mapping[str, str]) -> AccountSettings:
    start = f"{PREFIX}{kind.upper()}_"
    names = ("app_id", "app_secret", "token", "aes_key", "previous_aes_key", "name")
    return AccountSettings(kind, **{name: env.get(start + name.upper(), "").strip() for name in names})


def _number(name: str, text: str, kind: type[int] | type[float], may_be_zero: bool) -> int | float:
    try:
        value = kind(text)
    except ValueError:
        value = -1
    if not (0 < value < math.inf or (may_be_zero and value == 0)):  # also refuses NaN
        wanted = "零或大于零的数" if may_be_zero else "大于零的数"
        raise Misconfigured(name, f"{PREFIX}{name.upper()} 要写一个{wanted}，现在是「{text}」。")
    return value


def _plain(env: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, default in Settings.__dataclass_fields__.items():
        text = env.get(PREFIX + name.upper(), "").strip()
        if not text or default.type is AccountSettings:
            continue
        if default.type is Path:
            values[name] = Path(text)
        elif default.type in (int, float):
            values[name] = _number(name, text, default.type, may_be_zero=default.default == 0)
        else:
            values[name] = text.rstrip("/") if name.endswith(("_base", "base_url")) else text
    return values


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read the environment (or the mapping given). Raises Misconfigured with the name of the setting."""
    env = os.environ if env is None else env
    plain = _plain(env)
    if plain.get("log_level", "INFO") not in logging.getLevelNamesMapping():
        raise Misconfigured("log_level", f"{PREFIX}LOG_LEVEL 要写 DEBUG、INFO、WARNING 或 ERROR。")
    return Settings(
        **plain,  # type: ignore[arg-type]
        official=_account("official", env),
        miniprogram=_account("miniprogram", env),
    )


def names() -> list[str]:
    """Every environment variable that is read; a test compares them with .env.example."""
    plain = [n for n, f in Settings.__dataclass_fields__.items() if f.type is not AccountSettings]
    accounts = [
        f"{kind}_{name}"
        for kind in ("official", "miniprogram")
        for name in AccountSettings.__dataclass_fields__
        if name != "kind"
    ]
    return [PREFIX + name.upper() for name in plain + accounts]
