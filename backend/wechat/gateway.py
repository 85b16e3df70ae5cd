"""One account's platform: every interface the house uses, by noun. Nothing above knows HTTP, tokens or wechatpy.

Every call may raise `backend.wechat.failures.GatewayError`; whether it may have been carried out all the same stands in
its `sent`.
"""

from dataclasses import dataclass

from backend.storage.kv import KV
from backend.wechat.caller import PATIENCE, Caller
from backend.wechat.calls.custom import Custom
from backend.wechat.calls.drafts import Drafts
from backend.wechat.calls.logins import Logins
from backend.wechat.calls.mass import Mass
from backend.wechat.calls.media import MediaShelf
from backend.wechat.calls.menus import Menus
from backend.wechat.calls.oauth import AUTHORIZE, OAuth
from backend.wechat.calls.publishing import Publishing
from backend.wechat.calls.qrcodes import QRCodes
from backend.wechat.calls.quotas import Quotas
from backend.wechat.calls.security import Security
from backend.wechat.calls.subscriptions import Subscriptions
from backend.wechat.calls.tags import Tags
from backend.wechat.calls.templates import Templates
from backend.wechat.calls.tickets import Tickets
from backend.wechat.calls.users import Users
from backend.wechat.calls.wxacodes import Links, WxaCodes
from backend.wechat.circuits import Circuits
from backend.wechat.sending.sender import Sender
from backend.wechat.sending.sends import Limits
from backend.wechat.tokens import Credential, Tokens
from backend.wechat.transport import Transport


@dataclass(frozen=True)
class Hosts:
    """The platform has several; the simulator plays them all. `pictures` shows QR codes, `pages` asks for consent."""

    api: Transport
    pictures: Transport
    pages: str = AUTHORIZE


@dataclass(frozen=True)
class Gateway:
    # talking to people
    custom: Custom
    templates: Templates
    subscriptions: Subscriptions
    mass: Mass
    sender: Sender  # send_many
    # what the account keeps
    users: Users
    tags: Tags
    menus: Menus
    qrcodes: QRCodes
    media: MediaShelf
    drafts: Drafts
    publishing: Publishing
    # web pages inside WeChat
    oauth: OAuth
    tickets: Tickets
    # the mini-program
    logins: Logins
    codes: WxaCodes
    links: Links
    security: Security
    # the account itself
    quotas: Quotas
    tokens: Tokens
    circuits: Circuits

    def ping(self) -> None:
        """Fetch or confirm the token: proves address, credentials and whitelist in one call."""
        self.tokens.current()


def connect(
    credential: Credential,
    kind: str,
    hosts: Hosts,
    kv: KV,
    patience: float = PATIENCE,
    limits: Limits | None = None,
) -> Gateway:
    """`kind` is official or miniprogram, `patience` the seconds of all tries of a call, `limits` those of a batch.

    Nothing is asked before use.
    """
    caller = Caller(credential, hosts.api, kv, patience)
    return Gateway(
        custom=Custom(caller, kind),
        templates=Templates(caller),
        subscriptions=Subscriptions(caller),
        mass=Mass(caller),
        sender=Sender(caller, hosts.api, limits),
        users=Users(caller),
        tags=Tags(caller),
        menus=Menus(caller),
        qrcodes=QRCodes(caller, hosts.pictures),
        media=MediaShelf(caller),
        drafts=Drafts(caller),
        publishing=Publishing(caller),
        oauth=OAuth(caller, hosts.pages),
        tickets=Tickets(caller),
        logins=Logins(caller),
        codes=WxaCodes(caller),
        links=Links(caller),
        security=Security(caller),
        quotas=Quotas(caller),
        tokens=caller.tokens,
        circuits=caller.circuits,
    )
