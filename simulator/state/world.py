"""The state of the pretended world: people, and for every account the desk that serves it.

One asyncio thread owns it, so nothing here is locked; it knows neither HTTP nor the clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.accounts import Account
from simulator.state.agenda import Agenda
from simulator.state.chats import Chat
from simulator.state.codes import PersonCode, WebCode
from simulator.state.drafts import Draft, Published, Publishing
from simulator.state.library import first_notices, first_templates
from simulator.state.massjobs import MassJob
from simulator.state.people import FIRST_NICKNAMES, Person, new_person, openid_of, phone_of
from simulator.state.records import (
    ConditionalMenu,
    Count,
    Menu,
    MiniCodes,
    QrCode,
    Session,
    Ticket,
    Token,
    TokenSlot,
    WebGrant,
)
from simulator.state.settings import Settings
from simulator.state.tags import FIRST_OWN, Tag, first_tags
from simulator.state.templates import Intercepted, Template

TOKENS_REMEMBERED = 5_000


@dataclass(slots=True)
class Desk:
    """Everything the platform keeps for one account."""

    app_id: str
    official: bool
    chats: dict[str, Chat] = field(default_factory=dict)  # by openid
    plain_tokens: TokenSlot = field(default_factory=TokenSlot)
    stable_tokens: TokenSlot = field(default_factory=TokenSlot)
    counts: dict[str, Count] = field(default_factory=dict)
    menu: Menu | None = None
    codes: dict[str, QrCode] = field(default_factory=dict)  # by slug, see qrcodes.py
    permanent_codes: int = 0
    login_codes: dict[str, PersonCode] = field(default_factory=dict)
    blacklist: dict[str, bool] = field(default_factory=dict)  # by openid, in the order of putting them there
    tags: dict[str, Tag] = field(default_factory=first_tags)  # by id
    last_tag: int = FIRST_OWN - 1
    drafts: dict[str, Draft] = field(default_factory=dict)  # by media_id
    published: dict[str, Published] = field(default_factory=dict)  # by article_id
    publishings: dict[str, Publishing] = field(default_factory=dict)  # by publish_id
    conditional_menus: list[ConditionalMenu] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)  # by pid
    encrypted: dict[str, float] = field(default_factory=dict)  # sha256 of data given to clients: when
    phone_codes: dict[str, PersonCode] = field(default_factory=dict)
    web_codes: dict[str, WebCode] = field(default_factory=dict)
    web_grants: dict[str, WebGrant] = field(default_factory=dict)  # by access token
    tickets: dict[str, Ticket] = field(default_factory=dict)  # by type
    mini_codes: MiniCodes = field(default_factory=MiniCodes)
    templates: dict[str, Template] = field(default_factory=dict)  # of template messages, by id
    notices: dict[str, Template] = field(default_factory=dict)  # of subscription messages, by id
    furnished: bool = False  # the templates of the beginning have been put there
    industries: list[int] = field(default_factory=lambda: [21, 30])
    industries_at: float = 0.0  # when they were changed last
    intercepted: list[Intercepted] = field(default_factory=list)
    mass_jobs: dict[str, MassJob] = field(default_factory=dict)  # by msg_id
    mass_speed: int = 0
    limits: dict[str, int] = field(default_factory=dict)  # daily limits other than the standard, by path
    addresses: list[str] | None = None  # who may call; None: as the accounts file says


@dataclass(slots=True)
class World:
    people: dict[str, Person] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    agenda: Agenda = field(default_factory=Agenda)
    clock_offset: float = 0.0
    last_person: int = 0
    last_of_crowd: int = 0
    last_id: int = 0
    revision: int = 0

    def changed(self) -> None:
        self.revision += 1

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def remember_token(self, value: str, token: Token) -> None:
        self.tokens[value] = token
        if len(self.tokens) > TOKENS_REMEMBERED:
            del self.tokens[next(iter(self.tokens))]


def new_world(accounts: Iterable[Account]) -> World:
    world = World()
    open_desks(world, accounts)
    for nickname in FIRST_NICKNAMES:
        add_person(world, nickname)
    return world


def open_desks(world: World, accounts: Iterable[Account]) -> None:
    """Makes the desks fit the accounts file: a new account knows everybody, a removed one is forgotten."""
    world.desks = {
        account.app_id: world.desks.get(account.app_id, Desk(account.app_id, account.official)) for account in accounts
    }
    for desk in world.desks.values():
        _furnish(desk)
    world.tokens = {value: token for value, token in world.tokens.items() if token.app_id in world.desks}
    for person in world.people.values():
        _introduce(world, person)


def _furnish(desk: Desk) -> None:
    """Once: what the account deletes later stays deleted."""
    if desk.furnished:
        return
    desk.furnished = True
    desk.notices |= first_notices(desk.official)
    if desk.official:
        desk.templates |= first_templates()


def add_person(world: World, nickname: str) -> Person:
    world.last_person += 1
    person = new_person(world.last_person, nickname)
    world.people[person.id] = person
    _introduce(world, person)
    return person


def _introduce(world: World, person: Person) -> None:
    """Nobody has to follow a mini-program before writing to it."""
    person.phone = person.phone or phone_of(int(person.id[1:]))  # older files have none
    for desk in world.desks.values():
        openid = openid_of(desk.app_id, person.id)
        desk.chats.setdefault(openid, Chat(person.id, openid, following=not desk.official))


def add_crowd(world: World, desk: Desk, count: int) -> list[Chat]:
    """Many followers for a load test. They have no page, no name, and are not saved."""
    numbers = range(world.last_of_crowd + 1, world.last_of_crowd + count + 1)
    world.last_of_crowd += count
    chats = [Chat(f"c{number}", openid_of(desk.app_id, f"c{number}"), following=True) for number in numbers]
    desk.chats.update({chat.openid: chat for chat in chats})
    return chats


def start_again(world: World) -> None:
    """People, chats, tokens and counters as at first; menus and QR codes belong to the accounts and stay.

    Later people get new numbers, so that a server with a memory does not take them for those who are gone.
    """
    world.tokens.clear()
    world.agenda.clear()
    world.desks = {app_id: _fresh(desk) for app_id, desk in world.desks.items()}
    first = (new_person(number, nickname) for number, nickname in enumerate(FIRST_NICKNAMES, start=1))
    world.people = {person.id: person for person in first}
    for person in world.people.values():
        _introduce(world, person)
    world.changed()


def _fresh(desk: Desk) -> Desk:
    return Desk(
        desk.app_id,
        desk.official,
        menu=desk.menu,
        codes=desk.codes,
        permanent_codes=desk.permanent_codes,
        tags=desk.tags,
        last_tag=desk.last_tag,
        drafts=desk.drafts,
        published=desk.published,
        publishings=desk.publishings,
        conditional_menus=desk.conditional_menus,
        mini_codes=desk.mini_codes,
        templates=desk.templates,
        notices=desk.notices,
        furnished=desk.furnished,
        industries=desk.industries,
        industries_at=desk.industries_at,
        mass_speed=desk.mass_speed,
        limits=desk.limits,
        addresses=desk.addresses,
    )
