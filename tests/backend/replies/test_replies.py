"""What accounts say in the words of their staff: drafts, versions, what may not be said, and who may publish it."""

from dataclasses import replace

import pytest

from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.permissions import Actor
from backend.replies import actions, books, queries, rules
from backend.replies.books import Answer, MenuBook, MenuButton, MenuGroup, Replies
from backend.replies.texts import EDITABLE
from backend.runtime import Runtime
from models.replies import BookKind
from models.staff import Role
from tests import staff

HOURS = Answer(("上班时间", "几点上班"), "周一至周五 8:30 到 17:30。")
BOOK = Replies({"welcome": "您好，这里是{account}。"}, (HOURS,))
MENU = MenuBook(
    (
        MenuGroup("服务", (MenuButton("能办什么", "key", "help"), MenuButton("上班时间", "say", "几点上班？"))),
        MenuGroup("网站", (MenuButton("街道网站", "url", "https://www.example.org/a?b=1"),)),
    )
)


@pytest.fixture
def editor(runtime: Runtime) -> Actor:
    return staff.actor(runtime, (Role.EDITOR, ""), login="editor")


@pytest.fixture
def leader(runtime: Runtime) -> Actor:
    return staff.actor(runtime, (Role.LEADER, ""), login="leader")


def _mark(account: Account, kind: BookKind = BookKind.REPLIES) -> str:
    draft = queries.draft_of(account.id, kind)
    return "" if draft is None else draft.mark


def _published(runtime: Runtime, editor: Actor, leader: Actor, account: Account, book: Replies = BOOK) -> int:
    actions.save_replies(editor, account, book, _mark(account))
    return actions.publish(runtime.audit, leader, account, BookKind.REPLIES, _mark(account))


def test_until_something_is_published_the_account_says_what_is_delivered(runtime: Runtime, account: Account) -> None:
    said = runtime.said.by(account.id)
    assert said.text("fallback") == EDITABLE["fallback"].words
    assert said.answers == {}


def test_a_draft_says_nothing_and_a_version_does(
    runtime: Runtime, account: Account, editor: Actor, leader: Actor
) -> None:
    actions.save_replies(editor, account, BOOK, "")
    runtime.said.renew()
    assert runtime.said.by(account.id) == queries.NOTHING
    assert actions.publish(runtime.audit, leader, account, BookKind.REPLIES, _mark(account)) == 1
    runtime.said.renew()
    said = runtime.said.by(account.id)
    assert said.text("welcome", account="慢城街道") == "您好，这里是慢城街道。"
    assert said.text("fallback") == EDITABLE["fallback"].words, "what was not worded anew"
    assert said.answers == {"上班时间": HOURS.says, "几点上班": HOURS.says}
    assert queries.draft_of(account.id, BookKind.REPLIES) is None


def test_an_earlier_version_comes_back_as_a_new_one(
    runtime: Runtime, account: Account, editor: Actor, leader: Actor
) -> None:
    _published(runtime, editor, leader, account)
    _published(runtime, editor, leader, account, Replies())
    assert actions.bring_back(runtime.audit, leader, account, BookKind.REPLIES, 1) == 3
    runtime.said.renew()
    assert "上班时间" in runtime.said.by(account.id).answers
    assert [each.number for each in queries.versions(editor, account.id, BookKind.REPLIES)] == [3, 2, 1]
    with pytest.raises(NotFound):
        actions.bring_back(runtime.audit, leader, account, BookKind.REPLIES, 9)


def test_who_edits_does_not_publish_and_others_do_neither(runtime: Runtime, account: Account, editor: Actor) -> None:
    actions.save_replies(editor, account, BOOK, "")
    with pytest.raises(Forbidden):
        actions.publish(runtime.audit, editor, account, BookKind.REPLIES, _mark(account))
    for other in (staff.actor(runtime, (Role.CLERK, ""), login="clerk"),):
        with pytest.raises(Forbidden):
            actions.save_replies(other, account, BOOK, _mark(account))
        with pytest.raises(Forbidden):
            queries.versions(other, account.id, BookKind.REPLIES)


def test_of_two_who_edit_at_once_the_second_is_told(
    runtime: Runtime, account: Account, editor: Actor, leader: Actor
) -> None:
    actions.save_replies(editor, account, BOOK, "")
    seen = _mark(account)
    actions.save_replies(editor, account, Replies(), seen)
    for late in (seen, ""):
        with pytest.raises(Conflict, match="别人刚刚改过"):
            actions.save_replies(editor, account, BOOK, late)
    with pytest.raises(Conflict):
        actions.publish(runtime.audit, leader, account, BookKind.REPLIES, seen)
    actions.throw_away(editor, account, BookKind.REPLIES)
    with pytest.raises(NotFound):
        actions.publish(runtime.audit, leader, account, BookKind.REPLIES, seen)


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (Replies({"welcome": "  "}), "不能空着"),
        (Replies({"welcome": "您好{name}"}), "不认识「{name}」"),
        (Replies({"welcome": "您好{"}), "花括号"),
        (Replies({"welcome": "您好{account.__class__}"}), "不认识"),
        (Replies({"welcome": "您好{account:>999999999}"}), "不认识「{account:>999999999}」"),
        (Replies({"welcome": "您好{account:{x}}"}), "不认识「{account:{x}}」"),
        (Replies({"welcome": "您好{account!r}"}), "不认识「{account!r}」"),
        (Replies({"fallback": "慢" * 700}), "太长"),
        (Replies({"welcome": "慢" * 640 + "{account}"}), "太长"),
        (Replies({"fallback": "a\x00b"}), "看不见"),
        (Replies({"fallback": "a\u202eb"}), "看不见"),
        (Replies({}, (Answer((), "好"),)), "关键词"),
        (Replies({}, (Answer(("注销",), "不行"),)), "固定的答复"),
        (Replies({}, (Answer(("ＨＥＬＰ！",), "不行"),)), "固定的答复"),
        (Replies({}, (Answer(("上班",), ""),)), "不能空着"),
        (Replies({}, (HOURS, replace(HOURS, says="别的"))), "已经有了"),
        (Replies({}, tuple(Answer((f"词{n}",), "好") for n in range(201))), "最多 200"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_sentence(
    account: Account, editor: Actor, book: Replies, words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.save_replies(editor, account, book, "")
    assert any(words in fault.message for fault in refused.value.errors)
    assert queries.draft_of(account.id, BookKind.REPLIES) is None


def test_a_menu_is_published_and_becomes_buttons(
    runtime: Runtime, account: Account, editor: Actor, leader: Actor
) -> None:
    _published(runtime, editor, leader, account)
    actions.save_menu(editor, account, MENU, frozenset(), "")
    actions.publish(runtime.audit, leader, account, BookKind.MENU, _mark(account, BookKind.MENU))
    [service, site] = actions.buttons(queries.menu_of(queries.published(account.id, BookKind.MENU)))
    assert [(each.type, each.key) for each in service.buttons] == [("click", "help"), ("click", "say:几点上班")]
    assert (site.buttons[0].type, site.buttons[0].url) == ("view", "https://www.example.org/a?b=1")


def _with(button: MenuButton) -> MenuBook:
    return MenuBook((MenuGroup("服务", (button,)),))


@pytest.mark.parametrize(
    ("menu", "words"),
    [
        (MenuBook(), "1 到 3 组"),
        (MenuBook(MENU.groups * 2), "1 到 3 组"),
        (MenuBook((MenuGroup("服务", ()),)), "1 到 5 个"),
        (MenuBook((MenuGroup("服务大厅办事", MENU.groups[0].buttons),)), "太长"),
        (_with(MenuButton("慢" * 21, "key", "help")), "太长"),
        (_with(MenuButton("", "key", "help")), "不能空着"),
        (_with(MenuButton("甲", "key", "erase_everything")), "要选"),
        (_with(MenuButton("甲", "say", "没有的词")), "没有「没有的词」"),
        (_with(MenuButton("甲", "url", "http://example.org")), "https"),
        (_with(MenuButton("甲", "url", "javascript:alert(1)")), "https"),
        (_with(MenuButton("甲", "url", "https://user@example.org")), "https"),
        (_with(MenuButton("甲", "url", "https://example.org/" + "a" * 1024)), "太长"),
        (_with(MenuButton("甲", "page", "pages/index", "wxunknown")), "小程序"),
        (_with(MenuButton("甲", "page", "/pages/../x", "wxknown")), "pages/index/index"),
        (_with(MenuButton("甲", "", "")), "按下去做什么"),
    ],
)
def test_a_menu_the_platform_would_refuse_is_refused_first(
    account: Account, editor: Actor, menu: MenuBook, words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.save_menu(editor, account, menu, frozenset({"wxknown"}), "")
    assert any(words in fault.message for fault in refused.value.errors)


def test_a_book_is_read_as_it_was_written() -> None:
    assert books.replies(books.written(BOOK)) == BOOK
    assert books.menu(books.written(MENU)) == MENU


def test_changes_say_what_was_and_what_will_be() -> None:
    found = rules.changes(Replies(), BOOK)
    assert [(each.where, each.before != "", each.after) for each in found] == [
        ("关注时的欢迎", True, "您好，这里是{account}。"),
        ("关键词「上班时间、几点上班」", False, HOURS.says),
    ]
    assert rules.changes(BOOK, BOOK) == []
