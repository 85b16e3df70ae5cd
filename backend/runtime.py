"""The parts of a running process, put together once and passed on: settings, stores, accounts, gateways."""

from collections.abc import Callable
from dataclasses import dataclass

from peewee import Database

from backend.accounts.queries import Account, Accounts
from backend.errors import NotFound
from backend.outbox.queue import Queue, open_queue
from backend.privacy.cipher import FieldCipher
from backend.receipts.claims import Claims
from backend.settings import Settings
from backend.storage import database as databases
from backend.storage.kv import KV
from backend.storage.stores import open_kv
from backend.wechat.gateway import Gateway, Hosts, connect
from backend.wechat.sending.sends import Limits
from backend.wechat.tokens import Credential
from backend.wechat.transport import Transport
from models import base

GatewayFor = Callable[[Account], Gateway]


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    database: Database
    kv: KV
    queue: Queue
    cipher: FieldCipher
    accounts: Accounts
    claims: Claims
    gateway_for: GatewayFor

    @property
    def local(self) -> bool:
        """All stores are files of this machine: they answer or fail by their own time-outs, a server may hang."""
        return self.settings.database.startswith("sqlite") and not self.settings.redis_url

    def account(self, app_id: str) -> Account:
        """Raises NotFound: a task may be older than the account it was for."""
        account = self.accounts.by_app_id(app_id)
        if account is None:
            raise NotFound("account_unknown", f"没有接入账号 {app_id}。")
        return account

    def gateway(self, app_id: str) -> Gateway:
        return self.gateway_for(self.account(app_id))

    def close(self) -> None:
        self.queue.close()
        self.kv.close()
        self.database.close_all() if hasattr(self.database, "close_all") else self.database.close()


def start(settings: Settings) -> Runtime:
    """Open everything for one process. Nothing is connected before it is used; raises Misconfigured."""
    settings.require_secrets()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = databases.connect(settings.database, settings.database_pool)
    base.database.initialize(database)
    kv, cipher = open_kv(settings), FieldCipher(settings.keys)
    return Runtime(
        settings=settings,
        database=database,
        kv=kv,
        queue=open_queue(settings),
        cipher=cipher,
        accounts=Accounts(cipher),
        claims=Claims(kv),
        gateway_for=_gateways(settings, kv),
    )


def _gateways(settings: Settings, kv: KV) -> GatewayFor:
    """One gateway for each account, made when first asked for; they share the connections."""
    trust = settings.wechat_ca_file
    hosts = Hosts(
        Transport(settings.wechat_api_base, trust), Transport(settings.wechat_mp_base, trust), settings.wechat_open_base
    )
    limits = Limits(settings.wechat_in_flight, settings.wechat_per_second)
    made: dict[tuple[str, str], Gateway] = {}

    def gateway_for(account: Account) -> Gateway:
        key = account.app_id, account.app_secret
        if key not in made:
            made[key] = connect(Credential(*key), account.kind, hosts, kv, limits=limits)
        return made[key]

    return gateway_for
