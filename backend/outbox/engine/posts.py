"""The accounts messages leave through, as a worker needs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.outbox.engine.sends import PATHS
from backend.wechat.circuits import ACCOUNT
from backend.wechat.gateway import Gateway
from backend.wechat.tokens import Credential
from models.accounts import AccountKind
from models.deliveries import Channel


@dataclass(frozen=True)
class Post:
    account_id: int
    kind: AccountKind
    gateway: Gateway
    credential: Credential


Posts = Callable[[], Mapping[int, Post]]
"""Those that are active now, by the account's id."""


def closed(posts: Mapping[int, Post]) -> dict[tuple[int, Channel], datetime]:
    """Until when which channel of which account is not asked for."""
    found: dict[tuple[int, Channel], datetime] = {}
    for account_id, post in posts.items():
        closures = post.gateway.circuits.closed()
        for channel, path in PATHS.items() if closures else ():
            if closure := closures.get(ACCOUNT) or closures.get(path):
                found[account_id, channel] = clock.from_timestamp(closure.until)
    return found


def mini_app_id(posts: Mapping[int, Post]) -> str:
    """The mini-program whose pages the messages of the service accounts open, or ""."""
    return next((post.credential.app_id for post in posts.values() if post.kind is AccountKind.MINIPROGRAM), "")
