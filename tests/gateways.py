"""Gateways to a simulated platform, as the house would connect them."""

from backend.settings import AccountSettings
from backend.storage.kv import KV, MemoryKV
from backend.wechat.gateway import Gateway, Hosts, connect
from backend.wechat.tokens import Credential
from backend.wechat.transport import TimeOuts, Transport
from tests.conftest import OFFICIAL

NO_PATIENCE = 0.0
"""What fails is not tried again: most tests look at the first answer."""


def gateway_to(
    url: str,
    account: AccountSettings = OFFICIAL,
    kv: KV | None = None,
    patience: float = NO_PATIENCE,
    times: TimeOuts | None = None,
    ca_file: str = "",
) -> Gateway:
    """With a store of its own unless one is given."""
    transport = Transport(url, ca_file, times)
    credential = Credential(account.app_id, account.app_secret)
    return connect(credential, account.kind, Hosts(transport, transport, url), kv or MemoryKV(), patience)
