"""Writes what accounts say: a draft that anybody who edits may change, and versions that are published and stay."""

from peewee import Expression

from backend import clock
from backend.accounts.queries import Account
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, FieldError, InvalidInput, NotFound
from backend.permissions import EVERYWHERE, Action, Actor
from backend.replies import books, queries, rules
from backend.replies.books import MenuBook, Replies
from backend.replies.queries import DRAFT, Version
from backend.storage.database import in_transaction
from backend.storage.statements import insert_unless_there, lock
from backend.wechat.calls.menus import Button
from backend.wechat.gateway import Gateway
from models.replies import BookKind, ReplyBook

_CHANGED = "别人刚刚改过这份草稿，请先看看再改一次。"


def save_replies(actor: Actor, account: Account, replies: Replies, seen: str) -> None:
    """The draft. `seen` is the mark of the draft that was edited, "" when there was none. Raises InvalidInput with a
    sentence for each fault, Conflict when somebody else has written meanwhile."""
    _refuse(rules.faults(replies))
    _save(actor, account, BookKind.REPLIES, books.written(replies), seen)


def save_menu(actor: Actor, account: Account, menu: MenuBook, mini_programs: frozenset[str], seen: str) -> None:
    """As `save_replies`."""
    _refuse(rules.menu_faults(menu, mini_programs, queries.words_of(account.id)))
    _save(actor, account, BookKind.MENU, books.written(menu), seen)


def publish(audit: Audit, actor: Actor, account: Account, kind: BookKind, seen: str) -> int:
    """The draft becomes the newest version, as it was seen. Answers its number. Raises NotFound without a draft."""
    actor.require(Action.PUBLISH_REPLIES, EVERYWHERE)

    def work() -> int:
        draft = _held(account.id, kind)
        if draft is None:
            raise NotFound("no_draft", "没有要发布的草稿。")
        if draft.mark != seen:
            raise Conflict("draft_changed", _CHANGED)
        number = _add(actor, account.id, kind, draft.content)
        ReplyBook.delete().where(_is(account.id, kind), ReplyBook.version == DRAFT).execute()
        audit.record(
            actor, Action.PUBLISH_REPLIES, Subject("account", str(account.id)), kind=kind.value, version=number
        )
        return number

    return in_transaction(work)


def bring_back(audit: Audit, actor: Actor, account: Account, kind: BookKind, number: int) -> int:
    """An earlier version is published once more, as a new one. Raises NotFound."""
    actor.require(Action.PUBLISH_REPLIES, EVERYWHERE)

    def work() -> int:
        _held(account.id, kind)
        old = ReplyBook.get_or_none(_is(account.id, kind), ReplyBook.version == number)
        if old is None or number == DRAFT:
            raise NotFound("no_version", "没有这个版本。")
        made = _add(actor, account.id, kind, old.content)
        subject = Subject("account", str(account.id))
        audit.record(actor, Action.PUBLISH_REPLIES, subject, kind=kind.value, version=made, of=number)
        return made

    return in_transaction(work)


def throw_away(actor: Actor, account: Account, kind: BookKind) -> None:
    """The draft."""
    actor.require(Action.EDIT_REPLIES, EVERYWHERE)
    mine = _is(account.id, kind) & (ReplyBook.version == DRAFT)
    in_transaction(lambda: ReplyBook.delete().where(mine).execute())


def push_menu(actor: Actor, account: Account, gateway: Gateway) -> None:
    """What is published becomes the account's menu on every phone. Raises NotFound, and what the platform says."""
    actor.require(Action.PUBLISH_REPLIES, EVERYWHERE)
    version = queries.published(account.id, BookKind.MENU)
    if version is None:
        raise NotFound("no_menu", "还没有发布过菜单。")
    gateway.menus.push(buttons(books.menu(version.content)))
    mine = _is(account.id, BookKind.MENU) & (ReplyBook.version == version.number)
    in_transaction(lambda: ReplyBook.update(pushed_at=clock.now()).where(mine).execute())


def buttons(menu: MenuBook) -> tuple[Button, ...]:
    """As the platform takes it."""
    return tuple(Button(group.name, buttons=tuple(_button(each) for each in group.buttons)) for group in menu.groups)


def _button(each: books.MenuButton) -> Button:
    if each.does == "key":
        return Button(each.name, rules.TYPES.get(each.value, "click"), each.value)
    if each.does == "say":
        return Button(each.name, "click", f"{rules.SAY}{rules.plain(each.value)}")
    if each.does == "url":
        return Button(each.name, "view", url=each.value)
    # The platform wants an address for phones too old for mini-programs; the page of the mini-program stands there.
    return Button(each.name, "miniprogram", url="https://mp.weixin.qq.com", app_id=each.app_id, page_path=each.value)


def _save(actor: Actor, account: Account, kind: BookKind, content: str, seen: str) -> None:
    actor.require(Action.EDIT_REPLIES, EVERYWHERE)

    def work() -> None:
        standing = _held(account.id, kind)
        if seen != (standing.mark if standing else ""):
            raise Conflict("draft_changed", _CHANGED)
        told = {"content": content, "changed_by": actor.login, "changed_at": clock.now()}
        if standing is None:
            row = {"account": account.id, "kind": kind, "version": DRAFT, **told}
            if insert_unless_there(ReplyBook, row) is None:
                raise Conflict("draft_changed", _CHANGED)
        else:
            ReplyBook.update(**told).where(_is(account.id, kind), ReplyBook.version == DRAFT).execute()

    in_transaction(work)


def _add(actor: Actor, account_id: int, kind: BookKind, content: str) -> int:
    newest = queries.published(account_id, kind)
    number = 1 if newest is None else newest.number + 1
    row = {"account": account_id, "kind": kind, "version": number, "content": content}
    if insert_unless_there(ReplyBook, {**row, "changed_by": actor.login, "changed_at": clock.now()}) is None:
        raise Conflict("published_meanwhile", "别人刚刚发布了一个版本，请刷新后再看。")
    return number


def _held(account_id: int, kind: BookKind) -> Version | None:
    """The draft, with its row's lock."""
    sql = "SELECT id FROM reply_book WHERE account_id = ? AND kind = ? AND version = ?"
    lock(sql, account_id, kind.value, DRAFT).fetchone()
    return queries.draft_of(account_id, kind)


def _is(account_id: int, kind: BookKind) -> Expression:
    found: Expression = (ReplyBook.account == account_id) & (ReplyBook.kind == kind)
    return found


def _refuse(faults: list[FieldError]) -> None:
    if faults:
        raise InvalidInput("replies_invalid", "有几处要改，请看下面的说明。", faults)
