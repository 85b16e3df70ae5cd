"""The parts of a running process, put together once and passed on: settings, stores, accounts, gateways."""

from collections.abc import Callable
from dataclasses import dataclass

from peewee import Database

from backend.accounts.queries import Account, Accounts
from backend.audit.actions import Audit
from backend.errors import NotFound
from backend.exports import room as exports
from backend.exports.room import ExportRoom
from backend.files.actions import Files
from backend.imports import room as imports
from backend.imports.room import ImportRoom
from backend.invitations.actions import Invitations
from backend.members.actions import Members
from backend.members.confirmations import Confirmations
from backend.members.search import Search
from backend.outbox.actions import Outbox
from backend.outbox.engine.delivery import Engine
from backend.outbox.engine.posts import Post
from backend.outbox.queue import Queue, open_queue
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.receipts.claims import Claims
from backend.receipts.redemptions import Redemptions
from backend.reception.verbs import Parts, Reception, reception
from backend.replies.queries import Said
from backend.sessions.actions import Sessions
from backend.settings import Settings
from backend.staff.credentials import Credentials
from backend.staff.scans import Scans
from backend.staff.sign_in import SignIn
from backend.storage import database as databases
from backend.storage.files import Disk
from backend.storage.kv import KV
from backend.storage.progress import Progress
from backend.storage.stores import open_kv
from backend.wechat.caller import PATIENCE, Caller
from backend.wechat.gateway import Gateway, Hosts, connect
from backend.wechat.sending.sender import Sender
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
    lookups: Lookups
    accounts: Accounts
    claims: Claims
    redemptions: Redemptions
    gateway_for: GatewayFor
    outbox: Outbox
    engine: Engine
    members: Members
    confirmations: Confirmations
    search: Search
    sessions: Sessions
    said: Said
    audit: Audit
    credentials: Credentials
    sign_in: SignIn
    scans: Scans
    reception: Reception
    files: Files
    invitations: Invitations
    imports: ImportRoom
    exports: ExportRoom

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

    def gateway_of(self, account_id: int) -> Gateway:
        """By the account's row. Raises NotFound."""
        return self.gateway_for(self.account_of(account_id))

    def account_of(self, account_id: int) -> Account:
        """By its row. Raises NotFound."""
        found = next((each for each in self.accounts.all().values() if each.id == account_id), None)
        if found is None:
            raise NotFound("account_unknown", f"没有接入账号 {account_id}。")
        return found

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
    kv, cipher, queue = open_kv(settings), FieldCipher(settings.keys), open_queue(settings)
    accounts, gateway_for = Accounts(cipher), _gateways(settings, kv)
    lookups, claims = Lookups(cipher), Claims(kv, cipher)
    outbox = Outbox(cipher, lambda: queue.put("deliver", {}))
    redemptions, members = Redemptions(claims, lookups), Members(cipher, lookups, outbox)
    audit, search, confirmations = Audit(lookups), Search(cipher, lookups), Confirmations(lookups)
    credentials = Credentials(cipher, lookups, audit)
    files, progress = Files(Disk(settings.data_dir / "files"), cipher), Progress(kv)
    invitations = Invitations(lookups, audit)
    return Runtime(
        settings=settings,
        database=database,
        kv=kv,
        queue=queue,
        cipher=cipher,
        lookups=lookups,
        accounts=accounts,
        claims=claims,
        redemptions=redemptions,
        gateway_for=gateway_for,
        outbox=outbox,
        engine=Engine(lambda: _posts(accounts, gateway_for), cipher, _limits(settings)),
        members=members,
        confirmations=confirmations,
        search=search,
        sessions=Sessions(redemptions, members),
        said=Said(),
        audit=audit,
        credentials=credentials,
        sign_in=SignIn(credentials, audit, settings.secret_key),
        scans=Scans(kv),
        reception=reception(Parts(cipher, lookups, search, confirmations, members, outbox, audit, kv)),
        files=files,
        invitations=invitations,
        imports=imports.room(imports.Parts(files, audit, invitations, progress, queue.put)),
        exports=exports.room(exports.Parts(files, audit, cipher, progress, queue.put)),
    )


def senders(settings: Settings) -> Callable[[Credential], Sender]:
    """For a process that sends and knows no database."""
    kv, api = open_kv(settings), Transport(settings.wechat_api_base, settings.wechat_ca_file)
    return lambda credential: Sender(Caller(credential, api, kv, PATIENCE), api, _limits(settings))


def _posts(accounts: Accounts, gateway_for: GatewayFor) -> dict[int, Post]:
    return {each.id: _post(each, gateway_for(each)) for each in accounts.all().values()}


def _post(account: Account, gateway: Gateway) -> Post:
    return Post(account.id, account.kind, gateway, Credential(account.app_id, account.app_secret))


def _limits(settings: Settings) -> Limits:
    return Limits(settings.wechat_in_flight, settings.wechat_per_second)


def _gateways(settings: Settings, kv: KV) -> GatewayFor:
    """One gateway for each account, made when first asked for; they share the connections."""
    trust = settings.wechat_ca_file
    hosts = Hosts(
        Transport(settings.wechat_api_base, trust), Transport(settings.wechat_mp_base, trust), settings.wechat_open_base
    )
    made: dict[tuple[str, str], Gateway] = {}

    def gateway_for(account: Account) -> Gateway:
        key = account.app_id, account.app_secret
        if key not in made:
            made[key] = connect(Credential(*key), account.kind, hosts, kv, limits=_limits(settings))
        return made[key]

    return gateway_for
